// The google.rpc messages that carry the details of a status (google/rpc/status.proto and error_details.proto), and
// google.protobuf.Any and Duration that they are made of; written down here because five small messages are not worth
// a vendored tree of protos.

import protobuf from 'protobufjs';
import type { FieldViolation } from '../base/errors.ts';

const stringMap: protobuf.IMapField = { keyType: 'string', type: 'string', id: 3 };
const schema: protobuf.INamespace = {
  nested: {
    Any: { fields: { typeUrl: { type: 'string', id: 1 }, value: { type: 'bytes', id: 2 } } },
    Status: {
      fields: {
        code: { type: 'int32', id: 1 },
        message: { type: 'string', id: 2 },
        details: { rule: 'repeated', type: 'Any', id: 3 },
      },
    },
    ErrorInfo: {
      fields: {
        reason: { type: 'string', id: 1 },
        domain: { type: 'string', id: 2 },
        metadata: stringMap,
      },
    },
    FieldViolation: { fields: { field: { type: 'string', id: 1 }, description: { type: 'string', id: 2 } } },
    BadRequest: { fields: { fieldViolations: { rule: 'repeated', type: 'FieldViolation', id: 1 } } },
    Duration: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
    RetryInfo: { fields: { retryDelay: { type: 'Duration', id: 1 } } },
  },
};
const root = protobuf.Root.fromJSON(schema);

/** What a status says beyond its code. */
export interface RpcDetails {
  readonly code: number;
  readonly message: string;
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  /** How long to wait before sending the same again; null: it would not help. */
  readonly retryDelayMs: number | null;
}

function any(name: string, value: object): { typeUrl: string; value: Uint8Array } {
  return {
    typeUrl: `type.googleapis.com/google.rpc.${name}`,
    value: root.lookupType(name).encode(value).finish(),
  };
}

/** The bytes of a google.rpc.Status, for the trailer `grpc-status-details-bin`. */
export function encodeRpcDetails(details: RpcDetails): Buffer {
  const { code, message, reason, domain, metadata, violations, retryDelayMs } = details;
  const parts = [any('ErrorInfo', { reason, domain, metadata })];
  if (violations.length > 0) parts.push(any('BadRequest', { fieldViolations: violations }));
  if (retryDelayMs !== null) {
    const seconds = Math.floor(retryDelayMs / 1000);
    const nanos = Math.round((retryDelayMs - seconds * 1000) * 1e6);
    parts.push(any('RetryInfo', { retryDelay: { seconds, nanos } }));
  }
  return Buffer.from(root.lookupType('Status').encode({ code, message, details: parts }).finish());
}

/** The way back. Details of kinds that are not known here are passed over. */
export function decodeRpcDetails(bytes: Uint8Array): RpcDetails {
  const status = decodeAs('Status', bytes);
  const found = new Map<string, Record<string, unknown>>();
  for (const part of status['details'] as { typeUrl: string; value: Uint8Array }[]) {
    const name = part.typeUrl.split('google.rpc.')[1];
    if (name === 'ErrorInfo' || name === 'BadRequest' || name === 'RetryInfo') {
      found.set(name, decodeAs(name, part.value));
    }
  }
  const info = found.get('ErrorInfo');
  const delay = found.get('RetryInfo')?.['retryDelay'] as { seconds: number; nanos: number } | undefined;
  return {
    code: status['code'] as number,
    message: status['message'] as string,
    reason: (info?.['reason'] as string | undefined) ?? '',
    domain: (info?.['domain'] as string | undefined) ?? '',
    metadata: (info?.['metadata'] as Record<string, string> | undefined) ?? {},
    violations: (found.get('BadRequest')?.['fieldViolations'] as FieldViolation[] | undefined) ?? [],
    retryDelayMs: delay === undefined ? null : delay.seconds * 1000 + delay.nanos / 1e6,
  };
}

function decodeAs(name: string, bytes: Uint8Array): Record<string, unknown> {
  const type = root.lookupType(name);
  return type.toObject(type.decode(bytes), { defaults: true, longs: Number });
}

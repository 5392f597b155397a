// The one file that knows gRPC status codes: how each fault of the engine looks to a client.

import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { ActorLog } from '../actor/actor.ts';
import { type ErrorCode, type Fault, type FieldViolation, fromFault, toFault } from '../base/errors.ts';
import type { Error as WireError } from './generated/kms/v1/Error.ts';
import { encodeRpcDetails, type RpcDetails } from './rpc-details.ts';

const statusCodes: Readonly<Record<ErrorCode, status>> = {
  invalid_argument: status.INVALID_ARGUMENT,
  dimension_mismatch: status.INVALID_ARGUMENT,
  not_found: status.NOT_FOUND,
  failed_precondition: status.FAILED_PRECONDITION,
  resource_exhausted: status.RESOURCE_EXHAUSTED,
  actor_down: status.UNAVAILABLE,
  unavailable: status.UNAVAILABLE,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
  cancelled: status.CANCELLED,
  aborted: status.ABORTED,
  data_loss: status.DATA_LOSS,
  poisoned: status.INTERNAL,
  internal: status.INTERNAL,
};

/** How long a client should wait where waiting helps; a little longer than what it waits for usually takes. */
const retryDelaysMs: Partial<Readonly<Record<ErrorCode, number>>> = {
  unavailable: 1_000, // a start or a restart of the process
  actor_down: 500, // the restart of one thread
  resource_exhausted: 1_000, // a queue that drains
  aborted: 50, // another writer
};

const domain = 'kms';
const detailsKey = 'grpc-status-details-bin';
const genericMessage = 'an internal fault; the log of the engine has the whole story';

/**
 * Trailers must be small: gRPC clients accept 8 KiB of metadata by default, and base64 adds a third. The message
 * travels twice, once as text.
 */
const messageCharactersMax = 200;
const violationsBytesMax = 2_500;
const metadataEntriesMax = 8;
const metadataKeyCharactersMax = 40;
const metadataCharactersMax = 100;

/** The code of a reason as error.proto names it (`POISONED`); null: there is no such reason. */
export function codeOfReason(reason: string): ErrorCode | null {
  const codes = Object.keys(statusCodes) as ErrorCode[];
  return codes.find((code) => code.toUpperCase() === reason) ?? null;
}

export const statusNames: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(status).flatMap(([name, code]) => (typeof code === 'number' ? [[code, name]] : [])),
);

/** Well-formed Unicode of bounded length: a lone surrogate would make the transport throw. */
function clip(text: string, charactersMax: number): string {
  const cut = text.length > charactersMax ? `${text.slice(0, charactersMax - 1)}…` : text;
  return Buffer.from(cut, 'utf8').toString('utf8');
}

function clipViolations(violations: readonly FieldViolation[]): FieldViolation[] {
  const kept: FieldViolation[] = [];
  let bytes = 0;
  for (const { field, description } of violations) {
    const violation = { field: clip(field, 200), description: clip(description, 300) };
    bytes += Buffer.byteLength(violation.field) + Buffer.byteLength(violation.description);
    if (bytes > violationsBytesMax) {
      kept.push({ field: '', description: `and ${violations.length - kept.length} more` });
      break;
    }
    kept.push(violation);
  }
  return kept;
}

function clipFacts(facts: Fault['facts']): Record<string, string> {
  const entries = Object.entries(facts).slice(0, metadataEntriesMax);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      clip(key, metadataKeyCharactersMax),
      clip(String(value), metadataCharactersMax),
    ]),
  );
}

function detailsOf(fault: Fault, isSecret = fault.code === 'internal'): RpcDetails {
  const isRetryable = fromFault(fault).isRetryable;
  return {
    code: statusCodes[fault.code],
    message: isSecret ? genericMessage : clip(fault.message, messageCharactersMax),
    reason: fault.code.toUpperCase(),
    domain,
    metadata: isSecret ? {} : clipFacts(fault.facts),
    violations: isSecret ? [] : clipViolations(fault.violations),
    retryDelayMs: isRetryable ? (retryDelaysMs[fault.code] ?? 1_000) : null,
  };
}

/** How a call ends that failed as a whole. */
export function toServiceError(error: unknown): ServiceError {
  const details = detailsOf(toFault(error));
  const metadata = new Metadata();
  metadata.set(detailsKey, encodeRpcDetails(details));
  const { code, message } = details;
  return Object.assign(new Error(message), { code, details: message, metadata });
}

/** The same facts inside a response, where neighbours must go on. */
export function toWireError(fault: Fault): WireError {
  return wireErrorOf(detailsOf(fault));
}

/** The same with the message of an internal fault, for what an operator asks about jobs and dead letters. Never the stack. */
export function toOperatorError(fault: Fault): WireError {
  return wireErrorOf(detailsOf(fault, false));
}

function wireErrorOf({ code, reason, message, metadata, violations, retryDelayMs }: RpcDetails): WireError {
  return {
    code,
    reason,
    message,
    metadata,
    fieldViolations: [...violations],
    retryable: retryDelayMs !== null,
  };
}

/** The bytes that `toServiceError` put into the trailers; null when the error has none. */
export function detailsBytesOf(error: ServiceError): Buffer | null {
  const [value] = error.metadata?.get(detailsKey) ?? [];
  return Buffer.isBuffer(value) ? value : null;
}

/** Writes a fault to the log when its whole story is not told to the client. */
export function logFault(log: ActorLog, method: string, error: unknown): void {
  const fault = toFault(error);
  if (fault.code === 'internal' || fault.code === 'data_loss' || fault.code === 'poisoned') {
    const { code, message, facts, stack } = fault;
    const cause = error instanceof Error && error.cause !== undefined ? toFault(error.cause) : null;
    log.error({ method, code, message, facts, stack: stack ?? (error as Error).stack, cause }, 'call failed');
  } else {
    log.debug({ method, code: fault.code, message: fault.message, facts: fault.facts }, 'call refused');
  }
}

// A request as it comes off the wire: decoded, with its size and with what only the bytes could tell. The deserialiser
// must not throw, because grpc-js would answer INTERNAL and, inside a stream, take the neighbours along.

import type protobuf from 'protobufjs';
import { type FieldViolation, KmsError } from '../base/errors.ts';
import { limits } from '../model/limits.ts';
import { NestingError, nestingMax, planScan, scanMessage } from './wire-scan.ts';

/** A full batch: each document has its times and attributes, each attribute an entry, a value and a list or time. */
const embeddedMessagesMax = limits.documentsPerMessageMax * (3 + 3 * limits.attributesMax);

export interface Received<Message> {
  /** Null when the bytes are no such message; then `fault` says why. */
  readonly message: Message | null;
  readonly fault: KmsError | null;
  /** Strings that are not UTF-8: the decoded message holds U+FFFD there. */
  readonly violations: readonly FieldViolation[];
  /** Size on the wire. */
  readonly byteLength: number;
}

/** Wraps a decoder of one message type. */
export function receiverOf<Message>(
  type: protobuf.Type,
  decode: (bytes: Buffer) => Message,
): (bytes: Buffer) => Received<Message> {
  const plan = planScan(type);
  const refuse = (bytes: Buffer, description: string, cause?: unknown): Received<Message> => ({
    message: null,
    fault: new KmsError('invalid_argument', `the request ${description}`, { cause }),
    violations: [],
    byteLength: bytes.length,
  });
  return (bytes) => {
    try {
      const { violations, messageCount } = scanMessage(plan, bytes);
      if (messageCount > embeddedMessagesMax) {
        return refuse(bytes, `has ${messageCount} embedded messages: at most ${embeddedMessagesMax}`);
      }
      return { message: decode(bytes), fault: null, violations, byteLength: bytes.length };
    } catch (cause) {
      if (cause instanceof NestingError) {
        return refuse(bytes, `has messages within each other: at most ${nestingMax} levels`);
      }
      return refuse(bytes, `is not a valid ${type.name}`, cause);
    }
  };
}

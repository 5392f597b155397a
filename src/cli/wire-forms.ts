// Values of the wire as people and scripts read them: proto names, plain words, ISO times.

import type { Duration__Output } from '../grpc/generated/google/protobuf/Duration.ts';
import type { Timestamp__Output } from '../grpc/generated/google/protobuf/Timestamp.ts';
import type { Error__Output } from '../grpc/generated/kms/v1/Error.ts';

/** The fields of a message by their proto names. */
export function snakeCase(value: object): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, field]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    field,
  ]);
  return Object.fromEntries(entries);
}

/** `JOB_STATE_QUEUED` → `queued`. */
export function plainWord(value: string, prefix: string | RegExp): string {
  return value.replace(prefix, '').toLowerCase();
}

export function isoTime({ seconds, nanos }: Timestamp__Output): string {
  return new Date(Number(seconds) * 1000 + Math.floor(nanos / 1e6)).toISOString();
}

export function isoTimeOrNull(time: Timestamp__Output | null): string | null {
  return time === null ? null : isoTime(time);
}

export function secondsOf(duration: Duration__Output | null): number | null {
  return duration === null ? null : Number(duration.seconds) + duration.nanos / 1e9;
}

export function errorJson(error: Error__Output | null): object | null {
  if (error === null) return null;
  const { reason, message, fieldViolations, metadata, retryable } = error;
  return { reason, message, field_violations: fieldViolations, metadata, retryable };
}

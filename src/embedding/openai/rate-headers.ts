// Reads what services say about their limits: Retry-After in its three forms, and OpenAI's x-ratelimit headers.

import type { Announcement } from './announced-limit.ts';

export interface RateHeaders {
  /** Nobody may send anything for so long; null: nothing was said. */
  readonly retryAfterMs: number | null;
  readonly requests: Announcement | null;
  readonly tokens: Announcement | null;
}

interface Headers {
  get(name: string): string | null;
}

/** Whatever a header says, waiting is bounded: beyond it, callers are told instead of kept. */
const waitMsMax = 24 * 3_600_000;

export function readRateHeaders(headers: Headers, epochMs: number): RateHeaders {
  return {
    retryAfterMs: retryAfterMs(headers, epochMs),
    requests: announcement(headers, 'requests'),
    tokens: announcement(headers, 'tokens'),
  };
}

/** `retry-after-ms`, else Retry-After in seconds or as an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMs(headers: Headers, epochMs: number): number | null {
  const milliseconds = readNumber(headers.get('retry-after-ms'));
  if (milliseconds !== null) return bounded(milliseconds);
  const text = headers.get('retry-after');
  const seconds = readNumber(text);
  if (seconds !== null) return bounded(1_000 * seconds);
  const date = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? null : bounded(date - epochMs);
}

function announcement(headers: Headers, what: 'requests' | 'tokens'): Announcement | null {
  const remaining = readNumber(headers.get(`x-ratelimit-remaining-${what}`));
  const resetMs = readDuration(headers.get(`x-ratelimit-reset-${what}`));
  return remaining === null || resetMs === null ? null : { remaining, resetMs: bounded(resetMs) };
}

function readNumber(text: string | null): number | null {
  return text !== null && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `6m0s`, `1h30m`, `20ms`, `1.5s`; a bare number is seconds. */
function readDuration(text: string | null): number | null {
  if (text === null) return null;
  const seconds = readNumber(text);
  if (seconds !== null) return 1_000 * seconds;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return null;
  let sumMs = 0;
  for (const [, value, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    sumMs += Number(value) * (unitMs[unit as string] as number);
  return sumMs;
}

function bounded(ms: number): number {
  return Math.min(waitMsMax, Math.max(0, Math.ceil(ms)));
}

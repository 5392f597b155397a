import { expect, test } from 'vitest';
import { readRateHeaders } from '../../../../src/embedding/openai/rate-headers.ts';

const nowMs = Date.UTC(2025, 0, 1);
const read = (headers: Record<string, string>) => readRateHeaders(new Headers(headers), nowMs);

test.each([
  [{ 'retry-after': '2' }, 2_000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': new Date(nowMs + 7_000).toUTCString() }, 7_000],
  [{ 'retry-after': new Date(nowMs - 7_000).toUTCString() }, 0],
  [{ 'retry-after-ms': '30', 'retry-after': '2' }, 30],
  [{ 'retry-after': '999999999' }, 86_400_000],
  [{ 'retry-after': 'soon' }, null],
  [{}, null],
])('Retry-After of %o is %s ms', (headers, expected) => {
  expect(read(headers).retryAfterMs).toBe(expected);
});

test.each([
  ['20ms', 20],
  ['1s', 1_000],
  ['6m0s', 360_000],
  ['1h2m3s', 3_723_000],
  ['1.5s', 1_500],
  ['3', 3_000],
])('a limit that is whole again in %s is so in %s ms', (reset, expected) => {
  const headers = { 'x-ratelimit-remaining-tokens': '12', 'x-ratelimit-reset-tokens': reset };
  expect(read(headers).tokens).toEqual({ remaining: 12, resetMs: expected });
});

test('half an announcement is none', () => {
  expect(read({ 'x-ratelimit-remaining-requests': '1' }).requests).toBeNull();
  expect(
    read({ 'x-ratelimit-remaining-requests': '-1', 'x-ratelimit-reset-requests': '1s' }).requests,
  ).toBeNull();
  expect(
    read({ 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': 'never' }).requests,
  ).toBeNull();
});

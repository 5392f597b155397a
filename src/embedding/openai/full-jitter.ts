// How long to wait before the next attempt: anything up to a bound that doubles, so that callers who failed together do
// not come back together (Brooker, "Exponential backoff and jitter").

const firstMs = 250;
const maxMs = 20_000;

/** `attempt`: 1 after the first failure. `random`: in [0, 1). */
export function fullJitterMs(attempt: number, random: () => number): number {
  return random() * Math.min(maxMs, firstMs * 2 ** (attempt - 1));
}

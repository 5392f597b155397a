// NumPy's RandomState(seed).shuffle, number for number: the Mersenne Twister (Matsumoto & Nishimura 1998) under a
// Fisher-Yates shuffle. A protocol that was published with NumPy's draws can only be repeated with the same draws.

const stateSize = 624;
const offset = 397;

/** A shuffled copy. `seed`: 0 to 2^32 - 1. */
export function numpyShuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const next = mersenneTwister(seed);
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = wholeUpTo(last, next);
    [order[last], order[other]] = [order[other] as Item, order[last] as Item];
  }
  return order;
}

/** Uniform in [0, max]: cuts a draw to as many bits as `max` has, and draws again while that is more than `max`. */
function wholeUpTo(max: number, next: () => number): number {
  const mask = 2 ** (32 - Math.clz32(max)) - 1;
  for (;;) {
    const value = (next() & mask) >>> 0;
    if (value <= max) return value;
  }
}

/** Whole numbers in [0, 2^32). */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(stateSize);
  state[0] = seed;
  for (let i = 1; i < stateSize; i++) {
    const before = state[i - 1] as number;
    state[i] = Math.imul(1_812_433_253, before ^ (before >>> 30)) + i;
  }
  let place = stateSize;
  return () => {
    if (place === stateSize) {
      twist(state);
      place = 0;
    }
    let value = state[place++] as number;
    value ^= value >>> 11;
    value ^= (value << 7) & 0x9d2c5680;
    value ^= (value << 15) & 0xefc60000;
    return (value ^ (value >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < stateSize; i++) {
    const joined =
      ((state[i] as number) & 0x80000000) | ((state[(i + 1) % stateSize] as number) & 0x7fffffff);
    const mixed = (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    state[i] = (state[(i + offset) % stateSize] as number) ^ mixed;
  }
}

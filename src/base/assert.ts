// Assertions are for our own mistakes; what the world does wrong is a KmsError (errors.ts).

/** Throws when `condition` is false: a broken invariant of our own, never a fault of the caller's input. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** Closes a switch over a tagged union: a new member becomes a compile error at each switch. */
export function assertNever(value: never): never {
  throw new Error(`assertion failed: unexpected value ${JSON.stringify(value)}`);
}

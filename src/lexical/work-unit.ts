// How much background work is done between two searches. Work is counted in operations (about one copied posting each,
// 5 to 20 ns), not in time, so that a step is as long on every run and a test can hold it to its bound.

import { assert } from '../base/assert.ts';

/** Some 0.2 to 0.4 ms: less than one insertion into a graph of vectors takes. */
export const unitOperationsMax = 16_384;

export class WorkUnit {
  #operations = 0;
  #operationsMost = 0;

  /** The most operations that a unit has had. */
  get operationsMost(): number {
    return this.#operationsMost;
  }

  begin(): void {
    this.#operations = 0;
  }

  /** Whether there is room for so many more; when not, the worker gives way first. */
  hasRoomFor(operations: number): boolean {
    return this.#operations + operations <= unitOperationsMax;
  }

  spend(operations: number): void {
    this.#operations += operations;
    assert(this.#operations <= unitOperationsMax, `a step does at most ${unitOperationsMax} operations`);
    if (this.#operations > this.#operationsMost) this.#operationsMost = this.#operations;
  }
}

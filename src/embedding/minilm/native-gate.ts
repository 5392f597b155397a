// Ending a thread while it is inside ONNX Runtime aborts the whole process: the binding throws into an environment
// that is already gone. Node ends a worker's own workers with it, so even an exception in the parent would do that.
// Each native call of a pool thread therefore passes a gate in shared memory, and whoever is about to end the threads
// shuts the gate first and waits for the calls inside; they take milliseconds.

import { KmsError } from '../../base/errors.ts';

const isShutIndex = 0;
const insideIndex = 1;

export class NativeGate {
  /** To be handed to the threads, each of which makes its own NativeGate of it. */
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  /** Runs a native call inside the gate. Throws `unavailable` when the gate is shut. */
  async pass<T>(nativeCall: () => Promise<T>): Promise<T> {
    // Counted before looking: the other order lets a call slip in between the shutting and the waiting.
    Atomics.add(this.#cells, insideIndex, 1);
    try {
      if (Atomics.load(this.#cells, isShutIndex) !== 0) {
        throw new KmsError('unavailable', 'inference threads are stopping');
      }
      return await nativeCall();
    } finally {
      Atomics.sub(this.#cells, insideIndex, 1);
      Atomics.notify(this.#cells, insideIndex);
    }
  }

  /** Lets nothing more in and blocks until all are out, at most `waitMsMax`. Returns whether all are out. */
  shut(waitMsMax: number): boolean {
    Atomics.store(this.#cells, isShutIndex, 1);
    for (;;) {
      const inside = Atomics.load(this.#cells, insideIndex);
      if (inside === 0) return true;
      if (Atomics.wait(this.#cells, insideIndex, inside, waitMsMax) === 'timed-out') return false;
    }
  }
}

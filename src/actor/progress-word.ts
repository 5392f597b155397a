// Shared memory by which a thread shows that it lives even while its event loop is blocked by one long task, when no
// message could get through. Written by the thread, read by the watchdog.

import type { Clock } from '../base/clock.ts';

/** `booting`: its modules are being loaded. `idle`: nothing to do, so silence is no sign of trouble. */
export type ThreadPhase = 'booting' | 'idle' | 'busy';

const phases: readonly ThreadPhase[] = ['booting', 'idle', 'busy'];
// [0] units of work (wraps around: only a difference counts), [1] phase; then one 64-bit word: the monotonic
// millisecond until which a declared native call may take.
const wordsBytes = 16;
const unitsIndex = 0;
const phaseIndex = 1;

export class ProgressWord {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #nativeUntilMs: BigInt64Array;
  /** The calls declared right now, by an id: several may overlap when a task awaits one. */
  readonly #nativeCalls = new Map<symbol, number>();

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(wordsBytes)) {
    this.shared = shared;
    this.#words = new Int32Array(shared, 0, 2);
    this.#nativeUntilMs = new BigInt64Array(shared, 8, 1);
  }

  /** One unit of work was done. Tens of nanoseconds. */
  bump(): void {
    Atomics.add(this.#words, unitsIndex, 1);
  }

  enter(phase: ThreadPhase): void {
    Atomics.store(this.#words, phaseIndex, phases.indexOf(phase));
  }

  enterNativeCall(clock: Clock, secondsMax: number): () => void {
    const id = Symbol();
    this.#nativeCalls.set(id, clock.nowMs() + secondsMax * 1000);
    this.#storeNativeUntil();
    return () => {
      this.#nativeCalls.delete(id);
      this.#storeNativeUntil();
      this.bump();
    };
  }

  get units(): number {
    return Atomics.load(this.#words, unitsIndex);
  }

  get phase(): ThreadPhase {
    return phases[Atomics.load(this.#words, phaseIndex)] ?? 'busy';
  }

  /** Monotonic milliseconds; 0: no native call is declared. */
  get nativeUntilMs(): number {
    return Number(Atomics.load(this.#nativeUntilMs, 0));
  }

  #storeNativeUntil(): void {
    const untilMs = Math.max(0, ...this.#nativeCalls.values());
    Atomics.store(this.#nativeUntilMs, 0, BigInt(Math.ceil(untilMs)));
  }
}

// The engine's state as others see it: health, readiness and the check before each request listen here.

import type { EngineState, Readiness } from './engine-api.ts';

export class EngineReadiness implements Readiness {
  #state: EngineState = 'starting';
  readonly #listeners = new Set<(state: EngineState) => void>();

  get state(): EngineState {
    return this.#state;
  }

  /** Moves forward only: a draining engine never becomes ready again. */
  enter(state: EngineState): void {
    const order: readonly EngineState[] = ['starting', 'ready', 'draining', 'stopped'];
    if (order.indexOf(state) <= order.indexOf(this.#state)) return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  onChange(listener: (state: EngineState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

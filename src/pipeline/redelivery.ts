// What happens to a batch whose thread died with it: it is sent again, and if its threads keep dying it is cut in
// halves until the one document that kills them is alone. That one is rejected; its neighbours go on.

import type { Fault } from '../base/errors.ts';
import { KmsError, toFault } from '../base/errors.ts';
import { SharedGate } from './shared-gate.ts';

/** A whole batch is sent this often beside other work before it becomes a suspect. */
const sharedDeliveriesMax = 2;
/** A single document is sent this often with the thread to itself before it is called poisonous. */
const aloneDeliveriesMax = 2;

/** `isRepeated`: the thread may have done this before it died, and its answer was lost. */
export type Send<Item, Reply> = (items: readonly Item[], isRepeated: boolean) => Promise<readonly Reply[]>;

export interface Poisoned {
  readonly status: 'failed';
  readonly fault: Fault;
}

/**
 * One for each actor. A suspect is sent while nothing else is in that thread's hands, so that a death is the suspect's
 * own doing: otherwise a poisonous document could drag into rejection whatever happened to be beside it.
 */
export class Redelivery {
  readonly #gate = new SharedGate();
  readonly #stage: string;

  constructor(stage: string) {
    this.#stage = stage;
  }

  /** `send` answers index-aligned. Errors other than the death of the thread are the caller's. */
  async deliver<Item, Reply>(items: readonly Item[], send: Send<Item, Reply>): Promise<(Reply | Poisoned)[]> {
    if (items.length === 0) return [];
    for (let delivery = 1; delivery <= sharedDeliveriesMax; delivery++) {
      const replies = await this.#gate.shared(() => surviving(send(items, delivery > 1)));
      if (replies !== 'actor_down') return [...replies];
    }
    return this.#deliverSuspect(items, send);
  }

  async #deliverSuspect<Item, Reply>(
    items: readonly Item[],
    send: Send<Item, Reply>,
  ): Promise<(Reply | Poisoned)[]> {
    const deliveriesMax = items.length === 1 ? aloneDeliveriesMax : 1;
    for (let delivery = 1; delivery <= deliveriesMax; delivery++) {
      const replies = await this.#gate.alone(() => surviving(send(items, true)));
      if (replies !== 'actor_down') return [...replies];
    }
    if (items.length === 1) return [{ status: 'failed', fault: toFault(this.#poison()) }];
    const middle = items.length >> 1;
    const first = await this.#deliverSuspect(items.slice(0, middle), send);
    return [...first, ...(await this.#deliverSuspect(items.slice(middle), send))];
  }

  #poison(): KmsError {
    const deliveries = sharedDeliveriesMax + aloneDeliveriesMax;
    return new KmsError('poisoned', `the ${this.#stage} thread died each time it worked on this document`, {
      facts: { stage: this.#stage, deliveries },
    });
  }
}

async function surviving<T>(reply: Promise<T>): Promise<T | 'actor_down'> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof KmsError && error.code === 'actor_down') return 'actor_down';
    throw error;
  }
}

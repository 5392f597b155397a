// Looks after a source's replication slot between two reads: notices changes, keeps an idle slot moving so that the server
// can forget its log, and moves it over what is durable. One thing at a time: a slot has one user.

import { type Clock, sleep } from '../../base/clock.ts';
import { KmsError } from '../../base/errors.ts';
import type { ChangesSpec, PostgresSpec } from '../source-spec.ts';
import { PostgresConnection } from './connection.ts';
import { ReplicationSlot } from './replication-slot.ts';

const lookIntervalMs = 1_000;
/** An idle slot is moved this often: each time costs the server a write. */
const heartbeatMs = 10_000;

export class SlotKeeper {
  readonly #spec: PostgresSpec;
  readonly #names: Extract<ChangesSpec, { type: 'cdc' }>;
  readonly #clock: Clock;
  #turns: Promise<unknown> = Promise.resolve();
  /** Opened by whoever needs it first; the others wait for the same one. */
  #connection: Promise<PostgresConnection> | null = null;

  constructor(spec: PostgresSpec, names: Extract<ChangesSpec, { type: 'cdc' }>, clock: Clock) {
    this.#spec = spec;
    this.#names = names;
    this.#clock = clock;
  }

  /** Waits for whoever uses the slot now. */
  exclusively<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(action, action);
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  advance(position: bigint): Promise<void> {
    return this.exclusively(() => this.#withSlot((slot) => slot.advance(position)));
  }

  lagBytes(): Promise<number | null> {
    return this.#withSlot((slot) => slot.lagBytes());
  }

  /** Looks again and again until `signal` is aborted; throws when the connection is lost. */
  async watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    let seen = -1n;
    let quiet: bigint | null = null;
    let movedMs = this.#clock.nowMs();
    const look = async (slot: ReplicationSlot) => {
      const end = await slot.end();
      if (end !== seen && (await slot.confirmed()) !== null) {
        const { hasChanges, quietUntil } = await slot.look();
        // A long log is looked through in several steps.
        seen = hasChanges || quietUntil === end ? end : -1n;
        quiet = hasChanges ? null : quietUntil;
        if (hasChanges) onChange();
      }
      if (quiet === null || this.#clock.nowMs() - movedMs < heartbeatMs) return;
      await slot.advance(quiet);
      quiet = null;
      movedMs = this.#clock.nowMs();
    };
    while (!signal.aborted) {
      await this.exclusively(() => this.#withSlot(look));
      await sleep(this.#clock, lookIntervalMs, signal);
    }
  }

  async close(): Promise<void> {
    const opening = this.#connection;
    this.#connection = null;
    const connection = await opening?.catch(() => null);
    await connection?.close();
  }

  /** One connection is kept; after a fault the next call opens another. */
  async #withSlot<T>(action: (slot: ReplicationSlot) => Promise<T>): Promise<T> {
    const { url, name: source, statementTimeoutMs } = this.#spec;
    this.#connection ??= PostgresConnection.open({ url, source, statementTimeoutMs });
    const opening = this.#connection;
    try {
      return await action(new ReplicationSlot(await opening, this.#spec, this.#names));
    } catch (error) {
      const isLost = !(error instanceof KmsError) || error.code === 'unavailable';
      // Only the connection that failed: another caller may have opened the next one already.
      if (isLost && this.#connection === opening) await this.close();
      throw error;
    }
  }
}

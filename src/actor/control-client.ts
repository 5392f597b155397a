// Control calls that always settle. comlink never rejects a pending call when the other side dies, and knows no
// deadline, so each call is raced against both.

import type { MessagePort } from 'node:worker_threads';
import { type Endpoint, type Remote, wrap } from 'comlink';
import type { Clock } from '../base/clock.ts';
import { fromFault, KmsError } from '../base/errors.ts';
import type { ActorControl, ControlReply, ThreadStats } from './control-protocol.ts';

/** The thread did not answer; told apart from a `deadline_exceeded` that the actor itself threw. */
export class ControlTimeout extends KmsError {
  constructor(actor: string, call: string) {
    super('deadline_exceeded', `actor ${actor} did not answer ${call} in time`, { facts: { actor, call } });
  }
}

export class ControlClient {
  readonly #actor: string;
  readonly #clock: Clock;
  readonly #port: MessagePort;
  readonly #remote: Remote<ActorControl>;
  readonly #pending = new Set<(error: KmsError) => void>();
  #down: KmsError | null = null;

  constructor(parts: { actor: string; clock: Clock; port: MessagePort }) {
    this.#actor = parts.actor;
    this.#clock = parts.clock;
    this.#port = parts.port;
    // Node's ports have the DOM's addEventListener; only the declared types differ.
    this.#remote = wrap<ActorControl>(parts.port as unknown as Endpoint);
  }

  /** `deadlineMs`: monotonic; null: as long as it takes. Rejects with what the actor threw, `actor_down` or ControlTimeout. */
  start(deadlineMs: number | null): Promise<null> {
    return this.#settled('start', deadlineMs, () => this.#remote.start());
  }

  drain(deadlineMs: number): Promise<null> {
    return this.#settled('drain', deadlineMs, () => this.#remote.drain());
  }

  stop(deadlineMs: number): Promise<null> {
    return this.#settled('stop', deadlineMs, () => this.#remote.stop());
  }

  stats(deadlineMs: number): Promise<ThreadStats> {
    return this.#settled('stats', deadlineMs, () => this.#remote.stats());
  }

  /** The thread has ended: fails what is pending and all that comes. */
  close(): void {
    this.#down = new KmsError('actor_down', `actor ${this.#actor} went down`, {
      facts: { actor: this.#actor },
    });
    for (const fail of [...this.#pending]) fail(this.#down);
    this.#port.close();
  }

  #settled<V>(name: string, deadlineMs: number | null, call: () => Promise<ControlReply<V>>): Promise<V> {
    if (this.#down) return Promise.reject(this.#down);
    return new Promise((resolve, reject) => {
      const onDeadline = () => fail(new ControlTimeout(this.#actor, name));
      const delayMs = deadlineMs === null ? null : Math.max(0, deadlineMs - this.#clock.nowMs());
      const timer = delayMs === null ? null : this.#clock.setTimer(delayMs, onDeadline);
      const settle = () => {
        timer?.cancel();
        this.#pending.delete(fail);
      };
      const fail = (error: unknown) => {
        settle();
        reject(error);
      };
      this.#pending.add(fail);
      call().then((reply) => {
        settle();
        if (reply.isOk) resolve(reply.value);
        else reject(fromFault(reply.fault));
      }, fail);
    });
  }
}

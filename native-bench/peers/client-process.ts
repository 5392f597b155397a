// The bench's side of a client process (client.ts): forks it, sends it commands, and ends it.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Deferred, deferred } from '../../src/base/deferred.ts';
import type { ClientCommand, ClientReply, LoadRate, LoadTimes, Opening } from './client-command.ts';
import { type Effort, hugePages } from './peer.ts';

const program = fileURLToPath(new URL('./client.ts', import.meta.url));

const closeMsMax = 5_000;

export class ClientProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Deferred<unknown>>(); // one a command that is not answered yet; at most three
  #lastId = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (reply: ClientReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.type === 'done') waiting?.resolve(reply.value);
      else waiting?.reject(new Error(reply.error));
    });
    child.once('exit', (code, signal) => {
      for (const waiting of this.#waiting.values())
        waiting.reject(new Error(`the client process ended (${code ?? signal})`));
      this.#waiting.clear();
    });
  }

  static async open(opening: Opening): Promise<ClientProcess> {
    const child = fork(program, [], {
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
      env: { ...process.env, ...hugePages },
    });
    const client = new ClientProcess(child);
    await client.#send({ type: 'open', opening });
    return client;
  }

  async create(): Promise<void> {
    await this.#send({ type: 'create' });
  }

  async load(): Promise<LoadTimes> {
    return (await this.#send({ type: 'load' })) as LoadTimes;
  }

  /** At that rate, or as fast as it is let. Resolves after `stopIngest`. */
  async ingest(documentsPerSecond: number | null): Promise<LoadRate> {
    return (await this.#send({ type: 'ingest', documentsPerSecond })) as LoadRate;
  }

  async stopIngest(): Promise<void> {
    await this.#send({ type: 'stop' });
  }

  async answers(count: number, effort: Effort): Promise<number[][]> {
    return (await this.#send({ type: 'answers', count, effort })) as number[][];
  }

  /** Milliseconds a search. */
  async oneAtATime(options: { forMs: number; pauseMs: number; effort: Effort }): Promise<number[]> {
    return (await this.#send({ type: 'one-at-a-time', ...options })) as number[];
  }

  /** Searches a second. */
  async atOnce(options: { forMs: number; inFlight: number; effort: Effort }): Promise<number> {
    return (await this.#send({ type: 'at-once', ...options })) as number;
  }

  /** A client that is stuck is ended all the same. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = this.#send({ type: 'close' }).catch(() => undefined);
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, closeMsMax))]);
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  #send(command: ClientCommand): Promise<unknown> {
    const id = ++this.#lastId;
    const waiting = deferred<unknown>();
    this.#waiting.set(id, waiting);
    this.#child.send({ id, command }, (error) => {
      if (error !== null) waiting.reject(error);
    });
    return waiting.promise;
  }
}

// An ingest stream for tests: send a message, await its acknowledgement, notice when the stream breaks.

import { once } from 'node:events';
import { type Deferred, deferred } from '../../src/base/deferred.ts';
import type { KmsClient } from '../../src/grpc/client.ts';
import type { Document } from '../../src/grpc/generated/kms/v1/Document.ts';
import type { IngestResponse__Output } from '../../src/grpc/generated/kms/v1/IngestResponse.ts';

export class IngestStream {
  readonly #call: ReturnType<KmsClient['ingest']>;
  readonly #waiting = new Map<number, Deferred<IngestResponse__Output>>();
  readonly #ended = deferred<void>();
  #sequence = 0;
  #fault: Error | null = null;

  constructor(client: KmsClient) {
    this.#call = client.ingest();
    this.#call.on('data', (response: IngestResponse__Output) => {
      const sequence = Number(response.sequence);
      this.#waiting.get(sequence)?.resolve(response);
      this.#waiting.delete(sequence);
    });
    this.#call.on('error', (error: Error) => {
      this.#fault = error;
      for (const waiting of this.#waiting.values()) waiting.reject(error);
      this.#waiting.clear();
      this.#ended.resolve();
    });
    this.#call.on('end', () => this.#ended.resolve());
  }

  /** Resolves with the message's results; rejects when the stream breaks before they came. */
  send(documents: Document[]): Promise<IngestResponse__Output> {
    if (this.#fault !== null) return Promise.reject(this.#fault);
    const sequence = ++this.#sequence;
    const waiting = deferred<IngestResponse__Output>();
    this.#waiting.set(sequence, waiting);
    this.#call.write({ sequence, documents });
    return waiting.promise;
  }

  /** Resolves when the stream takes more without buffering here. */
  async writable(): Promise<void> {
    if (this.#call.writableNeedDrain && this.#fault === null) {
      await Promise.race([once(this.#call, 'drain'), this.#ended.promise]);
    }
  }

  /** Half-closes, and resolves when the server has answered everything and ended the stream. */
  async end(): Promise<void> {
    this.#call.end();
    await this.#ended.promise;
    if (this.#fault !== null) throw this.#fault;
  }
}

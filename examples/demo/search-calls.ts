// The searches that the demo makes, each measured from call to answer.

import type { KmsClient } from '../../src/grpc/client.ts';
import type { Hit__Output } from '../../src/grpc/generated/kms/v1/Hit.ts';
import type { Question } from './demo-documents.ts';
import { Latencies } from './latencies.ts';

/** A search on a busy machine takes milliseconds; after this long something is wrong. */
const timeoutMs = 30_000;

export class SearchCalls {
  readonly texts = new Latencies();
  readonly similar = new Latencies();
  readonly batches = new Latencies();
  readonly #client: KmsClient;

  constructor(client: KmsClient) {
    this.#client = client;
  }

  async search(text: string, limit: number, minCommitSequence = 0): Promise<readonly Hit__Output[]> {
    const request = { text, limit, minCommitSequence, omitBody: true };
    const reply = await this.texts.measure(() => this.#client.search(request, { timeoutMs }));
    return reply.hits;
  }

  async findSimilar(collection: string, id: string, limit: number): Promise<readonly Hit__Output[]> {
    const request = { collection, id, limit, omitBody: true };
    const reply = await this.similar.measure(() => this.#client.findSimilar(request, { timeoutMs }));
    return reply.hits;
  }

  /** Everything again and again, one at a time and as one batch, for figures that mean something. */
  async repeat(questions: readonly Question[], similarId: string, rounds: number): Promise<void> {
    const requests = questions.map(({ text }) => ({ text, limit: 10, omitBody: true }));
    for (let round = 0; round < rounds; round++) {
      for (const { text } of questions) await this.search(text, 10);
      await this.findSimilar('cases', similarId, 10);
      await this.batches.measure(() => this.#client.batchSearch({ requests }, { timeoutMs }));
    }
  }
}

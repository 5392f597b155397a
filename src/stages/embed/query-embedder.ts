// Query embedding: people and dashboards ask the same again and again, and often at the same moment. The last few
// thousand answers are kept in memory, and equal questions that meet share one computation.

import { TwoGenerationCache } from '../../base/two-generation-cache.ts';
import type { EmbeddedTexts, EmbeddingProvider } from '../../embedding/embedding-provider.ts';
import type { EmbeddedBatch } from './embed-messages.ts';

/** At 384 dimensions 1.5 KB each, and the text: some 8 MB. */
const queriesCachedMax = 4_096;

/** An answer, known or under way. */
interface Answer {
  readonly embedded: Promise<EmbeddedTexts>;
  readonly computation: AbortController;
  /** Tasks that wait for it. */
  waiting: number;
}

export class QueryEmbedder {
  readonly #provider: EmbeddingProvider;
  /** Answers under way are found like those that are there. Failed ones are taken out again. */
  readonly #answers = new TwoGenerationCache<string, Answer>(queriesCachedMax);

  constructor(provider: EmbeddingProvider) {
    this.#provider = provider;
  }

  /** Vectors in the order of the texts. `cacheHits` counts the answers that were known or under way. */
  async embed(texts: readonly string[], signal: AbortSignal): Promise<EmbeddedBatch> {
    const { dimensions } = this.#provider;
    const vectors = new Float32Array(texts.length * dimensions);
    const failures: EmbeddedBatch['failures'][number][] = [];
    let cacheHits = 0;
    let tokens = 0;
    for (const [index, text] of texts.entries()) {
      signal.throwIfAborted();
      const known = this.#answers.get(text);
      const answer = await this.#await(text, known ?? this.#ask(text), signal);
      const [failure] = answer.failures;
      if (failure !== undefined) failures.push({ index, fault: failure.fault });
      else vectors.set(answer.vectors, index * dimensions);
      if (known === undefined) tokens += answer.tokens;
      else cacheHits++;
    }
    return { vectors, cacheHits, tokens, failures };
  }

  #ask(text: string): Answer {
    // Not the task's own signal: others may be waiting for the same answer.
    const computation = new AbortController();
    const embedded = this.#provider.embed([text], { lane: 'urgent', signal: computation.signal });
    const answer: Answer = { embedded, computation, waiting: 0 };
    this.#answers.set(text, answer);
    embedded.then(
      ({ failures }) => {
        if (failures.length > 0) this.#forget(text, answer);
      },
      () => this.#forget(text, answer),
    );
    return answer;
  }

  /** The last one to go away takes the computation along: a service must not be asked for nobody. */
  async #await(text: string, answer: Answer, signal: AbortSignal): Promise<EmbeddedTexts> {
    answer.waiting++;
    let isSettled = false;
    let onAbort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      const embedded = await Promise.race([answer.embedded, aborted]);
      isSettled = true;
      return embedded;
    } finally {
      signal.removeEventListener('abort', onAbort);
      answer.waiting--;
      if (!isSettled && answer.waiting === 0) {
        this.#forget(text, answer);
        answer.computation.abort(signal.reason);
      }
    }
  }

  #forget(text: string, answer: Answer): void {
    if (this.#answers.get(text) === answer) this.#answers.delete(text);
  }
}

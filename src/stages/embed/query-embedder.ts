// Query embedding: people and dashboards ask the same again and again, and often at the same moment. The last few
// thousand answers are kept in memory, and equal questions that meet share one computation.

import type { EmbeddedTexts, EmbeddingProvider } from '../../embedding/embedding-provider.ts';
import { TwoGenerationCache } from '../../embedding/two-generation-cache.ts';
import type { EmbeddedBatch } from './embed-messages.ts';

/** At 384 dimensions 1.5 KB each, and the text: some 8 MB. */
const queriesCachedMax = 4_096;

export class QueryEmbedder {
  readonly #provider: EmbeddingProvider;
  /** Promises, so that an answer under way is found like one that is there. Failed ones are taken out again. */
  readonly #answers = new TwoGenerationCache<string, Promise<EmbeddedTexts>>(queriesCachedMax);

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
      const answer = await (known ?? this.#ask(text));
      const [failure] = answer.failures;
      if (failure !== undefined) failures.push({ index, fault: failure.fault });
      else vectors.set(answer.vectors, index * dimensions);
      if (known === undefined) tokens += answer.tokens;
      else cacheHits++;
    }
    return { vectors, cacheHits, tokens, failures };
  }

  #ask(text: string): Promise<EmbeddedTexts> {
    // Not this task's signal: others may be waiting for the same answer, and it is there in milliseconds.
    const { signal } = new AbortController();
    const answer = this.#provider.embed([text], { lane: 'urgent', signal });
    this.#answers.set(text, answer);
    answer.then(
      ({ failures }) => {
        if (failures.length > 0) this.#answers.delete(text);
      },
      () => this.#answers.delete(text),
    );
    return answer;
  }
}

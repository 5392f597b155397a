// Embeds by looking up and adding: no inference, no threads. All of it happens on the calling thread, a millisecond at a
// time, so that a query waits for a few texts of bulk work at most.

import { setImmediate } from 'node:timers/promises';
import { KmsError } from '../../base/errors.ts';
import type { EmbeddedTexts, EmbeddingProvider, ModelTokenizer } from '../embedding-provider.ts';
import { loadMiniLmTokenizer } from '../minilm/minilm-tokenizer.ts';
import { staticModel } from './static-space.ts';
import { RowSum, type StaticTable } from './static-table.ts';
import { ensureStaticTable, type StaticTableOptions } from './static-table-file.ts';

/** 0.05 to 0.15 ms each, most of it for cutting the text into tokens. */
const textsAtOnce = 8;

/**
 * The first time on a data folder takes 12 to 20 s of one core, later 0.2 s. Texts are cut at the 256 tokens of the model behind
 * the table. Throws `data_loss` when the weights or the tokenizer are not the pinned ones.
 */
export async function openStaticProvider(options: StaticTableOptions): Promise<EmbeddingProvider> {
  const table = await ensureStaticTable(options);
  return new StaticProvider(table, loadMiniLmTokenizer(), options.onProgress ?? (() => undefined));
}

class StaticProvider implements EmbeddingProvider {
  readonly model = staticModel;
  readonly dimensions: number;
  readonly isCheap = true;
  readonly #sum: RowSum;
  readonly #tokenizer: ModelTokenizer;
  readonly #onProgress: () => void;

  constructor(table: StaticTable, tokenizer: ModelTokenizer, onProgress: () => void) {
    this.dimensions = table.dimensions;
    this.#sum = new RowSum(table);
    this.#tokenizer = tokenizer;
    this.#onProgress = onProgress;
  }

  async embed(
    texts: readonly string[],
    { signal }: Parameters<EmbeddingProvider['embed']>[1],
  ): Promise<EmbeddedTexts> {
    const vectors = new Float32Array(texts.length * this.dimensions);
    let tokens = 0;
    for (const [index, text] of texts.entries()) {
      if (index % textsAtOnce === 0) await this.#turn(index > 0, signal);
      const ids = this.#tokenizer.encode(text);
      this.#sum.write(ids, vectors.subarray(index * this.dimensions, (index + 1) * this.dimensions));
      tokens += ids.length;
    }
    return { vectors, tokens, failures: [] };
  }

  async close(): Promise<void> {}

  /** Lets others have the thread, once something has been done. Throws `cancelled`, or what the signal was aborted with. */
  async #turn(isUnderWay: boolean, signal: AbortSignal): Promise<void> {
    if (isUnderWay) {
      this.#onProgress();
      await setImmediate();
    }
    if (!signal.aborted) return;
    if (signal.reason instanceof KmsError) throw signal.reason;
    throw new KmsError('cancelled', 'embedding was cancelled', { cause: signal.reason });
  }
}

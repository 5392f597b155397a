// The default embedding provider: all-MiniLM-L6-v2 on this machine.

import { threadUrl } from '../../actor/thread-entry.ts';
import type { EmbeddingProvider } from '../embedding-provider.ts';
import { openLocalProvider } from '../local-provider.ts';
import { ensureMiniLmModelFile } from './minilm-model-file.ts';
import { openMiniLmSession } from './minilm-session.ts';
import { minilmDimensions, minilmModel, type Precision } from './minilm-space.ts';
import { loadMiniLmTokenizer } from './minilm-tokenizer.ts';

export interface MiniLmProviderOptions {
  /** The model file is built in `models/` below it when it is not there yet. */
  readonly dataDir: string;
  readonly precision: Precision;
  /** Pool threads: at least 1; more than cores - 1 takes the core from queries and commits. On ONNX Runtime 120 MB each. */
  readonly threadsMin: number;
  readonly threadsMax: number;
  /** Called whenever a piece of bulk work is done. */
  readonly onProgress?: () => void;
}

/** The first time on a data folder takes about 2 s, later 0.7 s. Throws `data_loss` when the weights are not the pinned ones. */
export async function openMiniLmProvider(options: MiniLmProviderOptions): Promise<EmbeddingProvider> {
  const { dataDir, precision, ...rest } = options;
  return openLocalProvider({
    ...rest,
    model: minilmModel(precision),
    dimensions: minilmDimensions,
    tokenizer: loadMiniLmTokenizer(),
    entry: threadUrl(import.meta.url, './inference.thread'),
    modelPath: await ensureMiniLmModelFile({ dataDir, precision }),
    openSession: openMiniLmSession,
  });
}

// An embedding provider of any sentence-transformer export: a folder with model.onnx, tokenizer.json and config.json.

import { threadUrl } from '../../actor/thread-entry.ts';
import type { EmbeddingProvider } from '../embedding-provider.ts';
import { openLocalProvider } from '../local-provider.ts';
import { readOnnxFolder } from './onnx-folder.ts';
import { openOnnxSession } from './onnx-session.ts';
import { loadOnnxTokenizer } from './onnx-tokenizer.ts';

export interface OnnxProviderOptions {
  readonly folder: string;
  readonly threadsMin: number;
  readonly threadsMax: number;
  readonly onProgress?: () => void;
}

/** Throws `invalid_argument` for a folder that is no model, `failed_precondition` for a model that cannot be run. */
export async function openOnnxProvider({ folder, ...rest }: OnnxProviderOptions): Promise<EmbeddingProvider> {
  const { model, dimensions } = await readOnnxFolder(folder);
  return openLocalProvider({
    ...rest,
    model,
    dimensions,
    tokenizer: loadOnnxTokenizer(folder),
    entry: threadUrl(import.meta.url, './onnx-inference.thread'),
    modelPath: folder,
    openSession: openOnnxSession,
  });
}

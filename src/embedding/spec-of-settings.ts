// The settings' embedding model as a spec, which is what is kept with each generation.

import { resolve } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { EmbeddingSpec } from '../model/embedding-spec.ts';
import { openaiModelDefault } from './openai/openai-models.ts';

/** `settings` are checked already (config/settings.ts), combinations included. */
export function specOfSettings(
  settings: Pick<Settings, 'embedProvider' | 'embedModel' | 'embedDimensions'>,
): EmbeddingSpec {
  const { embedProvider, embedModel, embedDimensions } = settings;
  switch (embedProvider) {
    case 'minilm':
      return { provider: 'minilm', precision: embedModel === 'fp32' ? 'fp32' : 'int8' };
    case 'static':
      return { provider: 'static' };
    case 'onnx':
      // Absolute, because the spec outlives the working directory that it was read in.
      return { provider: 'onnx', folder: resolve(embedModel) };
    case 'openai':
      return {
        provider: 'openai',
        model: embedModel === '' ? openaiModelDefault : embedModel,
        dimensions: embedDimensions === 0 ? null : embedDimensions,
      };
  }
}

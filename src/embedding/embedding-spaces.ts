// From a spec to the name of its vector space and to the tokenizer that chunks are measured with, without loading the
// model itself: the main thread and the clean actor need no more.

import type { EmbeddingSpec } from '../model/embedding-spec.ts';
import type { VectorSpace } from '../model/vector-space.ts';
import type { ModelTokenizer } from './embedding-provider.ts';
import { minilmSpace } from './minilm/minilm-space.ts';
import { openaiDimensions } from './openai/openai-models.ts';
import { staticSpace } from './static/static-space.ts';

/**
 * The space of texts cleaned by `cleanerVersion` and embedded by the spec's model. Throws `invalid_argument` when the
 * spec cannot be: a folder without a model, a length that the model does not have.
 */
export async function resolveSpace(spec: EmbeddingSpec, cleanerVersion: number): Promise<VectorSpace> {
  switch (spec.provider) {
    case 'minilm':
      return minilmSpace(cleanerVersion, spec.precision);
    case 'static':
      return staticSpace(cleanerVersion);
    case 'onnx': {
      const { readOnnxFolder } = await import('./onnx/onnx-folder.ts');
      const { model, dimensions } = await readOnnxFolder(spec.folder);
      return { model, dimensions, normalisation: 'unit', cleanerVersion };
    }
    case 'openai': {
      const dimensions = openaiDimensions(spec.model, spec.dimensions);
      return { model: `openai/${spec.model}`, dimensions, normalisation: 'unit', cleanerVersion };
    }
  }
}

/** Loads what is needed and nothing else: a thread that cleans for one model carries no other model's vocabulary. */
export async function loadTokenizer(spec: EmbeddingSpec): Promise<ModelTokenizer> {
  switch (spec.provider) {
    case 'minilm':
    case 'static':
      return (await import('./minilm/minilm-tokenizer.ts')).loadMiniLmTokenizer();
    case 'onnx':
      return (await import('./onnx/onnx-tokenizer.ts')).loadOnnxTokenizer(spec.folder);
    case 'openai':
      return (await import('./openai/openai-tokenizer.ts')).loadOpenAiTokenizer(spec.model);
  }
}

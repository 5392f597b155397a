// The model file beside the data: built once from the pinned weights (about a second), then only checked and loaded.

import { join } from 'node:path';
import { readDerivedFile, sha256Of, writeDerivedFile } from '../derived-file.ts';
import { minilmWeightsFile, type PinnedFile, readPinnedFile } from './minilm-files.ts';
import { minilmGraphVersion, type Precision } from './minilm-space.ts';

export interface ModelFileOptions {
  readonly dataDir: string;
  readonly precision: Precision;
  /** Default: the package's weights. */
  readonly weightsFile?: PinnedFile;
}

/**
 * Returns the path of a complete model file. Throws `data_loss` when it has to be built and the weights are not the pinned
 * ones.
 */
export async function ensureMiniLmModelFile(options: ModelFileOptions): Promise<string> {
  const { dataDir, precision, weightsFile = minilmWeightsFile } = options;
  const dir = join(dataDir, 'models');
  const path = join(dir, `minilm-l6-v2-${precision}-${nameHash(weightsFile.sha256, precision)}.onnx`);
  if ((await readDerivedFile(path)) !== null) return path;
  await writeDerivedFile(path, await buildModel(weightsFile, precision));
  return path;
}

/** Neither the weights nor what builds a model of them is loaded by a start that finds the model there. */
async function buildModel(weightsFile: PinnedFile, precision: Precision): Promise<Uint8Array> {
  const weights = readPinnedFile(weightsFile);
  const [{ buildMiniLmGraph }, { encodeOnnxModel }, { Safetensors }] = await Promise.all([
    import('./minilm-graph.ts'),
    import('./onnx-model.ts'),
    import('./safetensors.ts'),
  ]);
  return encodeOnnxModel(buildMiniLmGraph(new Safetensors(weights), precision));
}

function nameHash(weightsSha256: string, precision: Precision): string {
  return sha256Of(`${weightsSha256} ${precision} ${minilmGraphVersion}`).slice(0, 16);
}

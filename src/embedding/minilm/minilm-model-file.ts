// The model file beside the data: built once from the pinned weights (about a second), then only checked and loaded. What is
// in it depends on what runs it: a graph for ONNX Runtime, plain weights for our own inference.

import { extname, join } from 'node:path';
import { readDerivedFile, sha256Of, writeDerivedFile } from '../derived-file.ts';
import { fastestKernel } from './minilm-addon.ts';
import { minilmWeightsFile, type PinnedFile, readPinnedFile } from './minilm-files.ts';
import { minilmGraphVersion, type Precision } from './minilm-space.ts';

/** `native` is our own inference, for int8 on processors that it has a kernel for. */
export type MiniLmRuntime = 'native' | 'onnxruntime';

const extensions: Readonly<Record<MiniLmRuntime, string>> = { native: '.weights', onnxruntime: '.onnx' };

export interface ModelFileOptions {
  readonly dataDir: string;
  readonly precision: Precision;
  /** Default: `native` where this processor can. */
  readonly runtime?: MiniLmRuntime;
  /** Default: the package's weights. */
  readonly weightsFile?: PinnedFile;
}

/**
 * Returns the path of a complete model file. Throws `data_loss` when it has to be built and the weights are not the pinned
 * ones.
 */
export async function ensureMiniLmModelFile(options: ModelFileOptions): Promise<string> {
  const { dataDir, precision, runtime = miniLmRuntime(precision), weightsFile = minilmWeightsFile } = options;
  const dir = join(dataDir, 'models');
  const name = `minilm-l6-v2-${precision}-${nameHash(weightsFile.sha256, precision)}${extensions[runtime]}`;
  const path = join(dir, name);
  if ((await readDerivedFile(path)) !== null) return path;
  await writeDerivedFile(path, await buildModel(weightsFile, precision, runtime));
  return path;
}

export function miniLmRuntime(precision: Precision): MiniLmRuntime {
  return precision === 'int8' && fastestKernel() !== null ? 'native' : 'onnxruntime';
}

export function runtimeOfFile(path: string): MiniLmRuntime {
  return extname(path) === extensions.native ? 'native' : 'onnxruntime';
}

/** Neither the weights nor what builds a model of them is loaded by a start that finds the model there. */
async function buildModel(
  weightsFile: PinnedFile,
  precision: Precision,
  runtime: MiniLmRuntime,
): Promise<Uint8Array> {
  const { Safetensors } = await import('./safetensors.ts');
  const weights = new Safetensors(readPinnedFile(weightsFile));
  if (runtime === 'native') {
    const { encodeMiniLmWeights } = await import('./minilm-weights.ts');
    return encodeMiniLmWeights(weights);
  }
  const [{ buildMiniLmGraph }, { encodeOnnxModel }] = await Promise.all([
    import('./minilm-graph.ts'),
    import('./onnx-model.ts'),
  ]);
  return encodeOnnxModel(buildMiniLmGraph(weights, precision));
}

function nameHash(weightsSha256: string, precision: Precision): string {
  return sha256Of(`${weightsSha256} ${precision} ${minilmGraphVersion}`).slice(0, 16);
}

// The model file beside the data: built once from the pinned weights (about a second), then only checked and loaded.
// It is derived data: a missing, torn or altered one is built again, and threads or processes that race build the same
// bytes and rename them over each other.

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { minilmWeightsFile, type PinnedFile, readPinnedFile } from './minilm-files.ts';
import { buildMiniLmGraph, minilmGraphVersion } from './minilm-graph.ts';
import type { Precision } from './minilm-space.ts';
import { encodeOnnxModel } from './onnx-model.ts';
import { Safetensors } from './safetensors.ts';

export interface ModelFileOptions {
  readonly dataDir: string;
  readonly precision: Precision;
  /** Default: the package's weights. */
  readonly weightsFile?: PinnedFile;
}

/** Returns the path of a complete model file. Throws `data_loss` when the weights are not the pinned ones. */
export async function ensureMiniLmModelFile(options: ModelFileOptions): Promise<string> {
  const { dataDir, precision, weightsFile = minilmWeightsFile } = options;
  const weightsBytes = readPinnedFile(weightsFile);
  const dir = join(dataDir, 'models');
  const path = join(dir, `minilm-l6-v2-${precision}-${nameHash(weightsFile.sha256, precision)}.onnx`);
  if (await isIntact(path)) return path;
  const model = encodeOnnxModel(buildMiniLmGraph(new Safetensors(weightsBytes), precision));
  await mkdir(dir, { recursive: true });
  await writeWhole(path, model);
  await writeWhole(checksumPathOf(path), Buffer.from(sha256Of(model)));
  return path;
}

function nameHash(weightsSha256: string, precision: Precision): string {
  return sha256Of(Buffer.from(`${weightsSha256} ${precision} ${minilmGraphVersion}`)).slice(0, 16);
}

function checksumPathOf(path: string): string {
  return `${path}.sha256`;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Whether the file is there with the bytes that were written; 60 ms for 58 MB. */
async function isIntact(path: string): Promise<boolean> {
  try {
    const [bytes, checksum] = await Promise.all([readFile(path), readFile(checksumPathOf(path), 'utf8')]);
    return sha256Of(bytes) === checksum;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Readers see the old file or the new one, never a part: a name of its own, fsync, rename, fsync of the folder. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporaryPath = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporaryPath, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
  const folder = await open(join(path, '..'), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

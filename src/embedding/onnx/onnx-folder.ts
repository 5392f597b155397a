// Reads a sentence-transformer export: what it is called, how long its vectors are, how tokens become one vector.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type FieldViolation, KmsError } from '../../base/errors.ts';

export type Pooling = 'mean' | 'cls';

export interface OnnxFolder {
  readonly modelPath: string;
  readonly dimensions: number;
  readonly pooling: Pooling;
  /** Tokens a text may have, special ones included. */
  readonly tokensMax: number;
}

/** Longer texts would be averaged into mush, and attention costs their length squared. */
const tokensReadMax = 512;
/** Below it a chunk's title and overlap would leave no room for its text. */
const tokensReadMin = 128;

type Json = Readonly<Record<string, unknown>>;
/** Notes what is wrong with a file of the folder. */
export type Complain = (file: string, description: string) => void;

/** The layout alone; reads small files only. Throws `invalid_argument` with a violation for each file that is missing or odd. */
export function readOnnxLayout(folder: string): OnnxFolder {
  const violations: FieldViolation[] = [];
  const complain: Complain = (file, description) =>
    violations.push({ field: join(folder, file), description });
  const { modelPath, config } = findModelFiles(folder, complain);
  const dense = readJson(folder, '2_Dense/config.json', complain);
  const dimensions = Number(dense?.['out_features'] ?? config?.['hidden_size'] ?? config?.['dim']);
  if (config !== null && !(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= 4_096)) {
    complain('config.json', 'must have hidden_size, 1..4096');
  }
  const tokensMax = tokensMaxOf(folder, config, complain);
  if (tokensMax < tokensReadMin)
    complain('config.json', `must let the model read at least ${tokensReadMin} tokens`);
  const pooling = poolingOf(readJson(folder, '1_Pooling/config.json', complain));
  if (pooling === null) complain('1_Pooling/config.json', 'must ask for the mean or for the CLS token');
  if (violations.length > 0 || modelPath === undefined || pooling === null) throw folderError(violations);
  return { modelPath, dimensions, pooling, tokensMax };
}

/**
 * The layout and the model's name. The name has a hash of all that decides about the vectors, so that another model in
 * the same folder is another space. Reads the model once, 0.1 s for 100 MB.
 */
export async function readOnnxFolder(folder: string): Promise<OnnxFolder & { readonly model: string }> {
  const layout = readOnnxLayout(folder);
  const hash = createHash('sha256').update(`${layout.pooling} ${layout.tokensMax}\n`);
  hash.update(readFileSync(join(folder, 'tokenizer.json')));
  // Models above 2 GB keep their weights beside the graph.
  for (const path of [layout.modelPath, `${layout.modelPath}_data`, `${layout.modelPath}.data`]) {
    if (!existsSync(path)) continue;
    for await (const part of createReadStream(path)) hash.update(part as Buffer);
  }
  return { ...layout, model: `onnx/${basename(folder)}-${hash.digest('hex').slice(0, 12)}` };
}

/** What every export has; each file that is missing is complained about. */
export function findModelFiles(
  folder: string,
  complain: Complain,
): { readonly modelPath: string | undefined; readonly config: Json | null } {
  const modelPath = ['model.onnx', 'onnx/model.onnx']
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
  if (modelPath === undefined) complain('model.onnx', 'must be there, or in onnx/');
  if (!existsSync(join(folder, 'tokenizer.json'))) complain('tokenizer.json', 'must be there');
  const config = readJson(folder, 'config.json', complain);
  if (config === null) complain('config.json', 'must be there and be JSON');
  return { modelPath, config };
}

/** Tokens that the model reads, special ones included; at most 512. */
export function tokensMaxOf(folder: string, config: Json | null, complain: Complain): number {
  const sentence = readJson(folder, 'sentence_bert_config.json', complain)?.['max_seq_length'];
  const tokenizer = readJson(folder, 'tokenizer_config.json', complain)?.['model_max_length'];
  const positions = config?.['max_position_embeddings'];
  const stated = [sentence, tokenizer, positions].find((value) => typeof value === 'number');
  return Math.min(tokensReadMax, stated ?? tokensReadMax);
}

/** Without a pooling file: the mean, which most sentence transformers use. */
function poolingOf(config: Json | null): Pooling | null {
  if (config === null || config['pooling_mode_mean_tokens'] === true) return 'mean';
  return config['pooling_mode_cls_token'] === true ? 'cls' : null;
}

/** Null when the file is not there; one that is no JSON is complained about. */
function readJson(folder: string, file: string, complain: Complain): Json | null {
  const path = join(folder, file);
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (error) {
    complain(file, `must be JSON: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

export function folderError(violations: readonly FieldViolation[]): KmsError {
  const lines = violations.map(({ field, description }) => `${field} ${description}`);
  return new KmsError('invalid_argument', `the model folder cannot be used: ${lines.join('; ')}`, {
    violations,
  });
}

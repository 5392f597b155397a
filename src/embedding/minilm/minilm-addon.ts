// The compiled inference of the default model: which processors it serves, and its calls.

import { loadAddon } from '../../base/compiled-addon.ts';
import { KmsError } from '../../base/errors.ts';

/** A loaded model and the kernel it runs with. The weights are shared by all threads that have loaded the same file. */
export interface NativeMiniLm {
  readonly kind: 'minilm';
}

export interface MiniLmAddon {
  /** What this processor can run the int8 model with, the fastest first: `amx`, `avx512_vnni`; empty on most others. */
  kernels(): string[];
  /** Throws when the file cannot be read or is no model, or this processor has no such kernel. */
  load(path: string, kernel: string): NativeMiniLm;
  /**
   * `ids` are the tokens of all texts, one after the other, `lengths` how many each has: 1 to 512, and no more than 512 in
   * all. Writes a vector of 384 floats of unit length for each into `vectors`. Throws what is wrong with them. A text's vector
   * depends on its own tokens and nothing else.
   */
  embed(model: NativeMiniLm, ids: Int32Array, lengths: Int32Array, vectors: Float32Array): void;
}

/** Tokens of one call of `embed`. */
export const runTokensMax = 512;

/** Loaded at first use, a thread each. Throws `failed_precondition` when it is not built. */
export function miniLmAddon(): MiniLmAddon {
  try {
    return loadAddon<MiniLmAddon>('embedding-addon.node');
  } catch (cause) {
    const message = 'the embedding addon cannot be loaded: run npm run build on this platform';
    throw new KmsError('failed_precondition', message, { cause });
  }
}

/** Null where this processor has none. */
export function fastestKernel(): string | null {
  return miniLmAddon().kernels()[0] ?? null;
}

/** What the int8 model runs on here, for the log and the metrics. */
export function miniLmKernel(): string {
  return fastestKernel() ?? 'onnxruntime';
}

// The default model in int8 on our own inference (native/, docs/decisions/042).

import { KmsError } from '../../base/errors.ts';
import { groupByCost } from './group-by-cost.ts';
import type { InferenceSession } from './inference-messages.ts';
import { fastestKernel, miniLmAddon, type NativeMiniLm, runTokensMax } from './minilm-addon.ts';
import { minilmDimensions } from './minilm-space.ts';

/**
 * A run blocks the thread: about 1.7 ms for a text of 64 tokens, 0.7 ms for a short query or for two of them. Texts of one run
 * get the vectors they get alone. `run` throws for tokens that are not of the model, and for a text without one or with more than
 * 512.
 *
 * Loads a weights file (0.1 s, 46 MB, once for all threads); throws `data_loss` when it cannot be read or is none. `kernel`: one
 * of those this processor has; default the fastest.
 */
export function openNativeSession(weightsPath: string, kernel?: string): InferenceSession {
  const addon = miniLmAddon();
  const wanted = kernel ?? fastestKernel();
  if (wanted === null) {
    throw new KmsError('failed_precondition', 'our own inference has no kernel for this processor');
  }
  const model = loadModel(weightsPath, wanted);
  return {
    dimensions: minilmDimensions,
    runTokensMax,
    async run(texts) {
      const vectors = new Float32Array(texts.length * minilmDimensions);
      for (const { start, texts: some } of groupByCost(texts, runTokensMax)) {
        const room = vectors.subarray(start * minilmDimensions, (start + some.length) * minilmDimensions);
        addon.embed(
          model,
          joined(some),
          Int32Array.from(some, ({ length }) => length),
          room,
        );
      }
      return vectors;
    },
  };
}

function loadModel(path: string, kernel: string): NativeMiniLm {
  try {
    return miniLmAddon().load(path, kernel);
  } catch (cause) {
    throw new KmsError('data_loss', `the model cannot be loaded: delete ${path}, and it is made anew`, {
      cause,
    });
  }
}

function joined(texts: readonly ArrayLike<number>[]): Int32Array {
  const ids = new Int32Array(texts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const text of texts) {
    ids.set(text, start);
    start += text.length;
  }
  return ids;
}

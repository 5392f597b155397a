// The default model on ONNX Runtime: in fp32, and in int8 where our own inference has no kernel for the processor. One
// loaded copy and its runs; it belongs to the thread that opened it and computes on it.

import { assert } from '../../base/assert.ts';
import type { InferenceSession } from './inference-messages.ts';
import { minilmDimensions } from './minilm-space.ts';
import { loadOnnxModel } from './onnxruntime-binding.ts';

/**
 * A run blocks the thread: about 3.3 ms for a text of 64 tokens, 1.2 ms for a short query.
 *
 * With the int8 model a text's vector depends on its neighbours in the run: activations are quantised by the range of
 * the whole run, and cosine between alone and among others was seen down to .991. So everything that is stored or
 * searched goes through here one text at a time; more texts at once (8 of 64 tokens) would be only 8 % faster.
 *
 * Loads a model file (0.1-0.3 s, 120 MB) and runs it once, so that no caller pays for the first run's allocations.
 */
export async function openOnnxRuntimeSession(modelPath: string): Promise<InferenceSession> {
  const session = loadOnnxModel(modelPath);
  const opened: InferenceSession = {
    dimensions: minilmDimensions,
    async run(texts) {
      const { ids, mask, dims } = padded(texts);
      const feeds = {
        input_ids: { type: 'int32', data: ids, dims },
        attention_mask: { type: 'int32', data: mask, dims },
      };
      const { embedding } = session.run(feeds, { embedding: null });
      const vectors = embedding?.data;
      assert(vectors instanceof Float32Array, 'the model has a float output called embedding');
      assert(vectors.length === texts.length * minilmDimensions, 'the model returns a row a text');
      return vectors;
    },
  };
  await opened.run([[101, 102]]);
  return opened;
}

/** Rows of equal length, zeros on the right; the mask is 1 where a token is. */
function padded(texts: readonly ArrayLike<number>[]): { ids: Int32Array; mask: Int32Array; dims: number[] } {
  const columns = texts.reduce((longest, text) => Math.max(longest, text.length), 0);
  const ids = new Int32Array(texts.length * columns);
  const mask = new Int32Array(ids.length);
  texts.forEach((text, row) => {
    ids.set(text, row * columns);
    mask.fill(1, row * columns, row * columns + text.length);
  });
  return { ids, mask, dims: [texts.length, columns] };
}

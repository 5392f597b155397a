// Runs a session over texts, one text a run (why: minilm-session.ts), so that one text's failure is its own.

import { toFault } from '../../base/errors.ts';
import type { InferenceReply } from './inference-messages.ts';
import { minilmDimensions } from './minilm-space.ts';

/** `embed` computes one row; what it throws becomes that text's failure. `between` is awaited before each text; what it throws ends the whole. */
export async function embedOneByOne(
  texts: readonly ArrayLike<number>[],
  embed: (text: ArrayLike<number>) => Promise<Float32Array>,
  between?: () => Promise<void>,
): Promise<InferenceReply> {
  const vectors = new Float32Array(texts.length * minilmDimensions);
  const failures: InferenceReply['failures'][number][] = [];
  for (const [index, text] of texts.entries()) {
    await between?.();
    try {
      vectors.set(await embed(text), index * minilmDimensions);
    } catch (error) {
      failures.push({ index, fault: toFault(error) });
    }
  }
  return { vectors, failures };
}

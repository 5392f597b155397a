// Runs a session over texts, one text a run (why: minilm-session.ts), so that one text's failure is its own.

import { toFault } from '../../base/errors.ts';
import type { InferenceReply, InferenceSession } from './inference-messages.ts';

export interface OneByOneOptions {
  /** What its `run` throws becomes that text's failure. */
  readonly session: InferenceSession;
  readonly dimensions: number;
  /** Awaited before each text; what it throws ends the whole. */
  readonly between?: () => Promise<void>;
}

export async function embedOneByOne(
  texts: readonly ArrayLike<number>[],
  { session, dimensions, between }: OneByOneOptions,
): Promise<InferenceReply> {
  const vectors = new Float32Array(texts.length * dimensions);
  const failures: InferenceReply['failures'][number][] = [];
  for (const [index, text] of texts.entries()) {
    await between?.();
    try {
      vectors.set(await session.run([text]), index * dimensions);
    } catch (error) {
      failures.push({ index, fault: toFault(error) });
    }
  }
  return { vectors, failures };
}

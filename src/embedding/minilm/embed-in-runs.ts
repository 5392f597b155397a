// Runs a session over texts so that each gets the vector it gets alone, and one text's failure is its own.

import { toFault } from '../../base/errors.ts';
import { groupByCost } from './group-by-cost.ts';
import type { InferenceReply, InferenceSession } from './inference-messages.ts';

export interface RunsOptions {
  /** What its `run` throws becomes the failure of the text at fault. */
  readonly session: InferenceSession;
  readonly dimensions: number;
  /** Awaited before each run; what it throws ends the whole. */
  readonly between?: () => Promise<void>;
}

/**
 * Where texts may share a run, so many tokens do: short ones would wait for the model's weights from memory each (20 tokens
 * alone take half as long as 64), and more than these gain nothing.
 */
const sharedTokensMax = 128;

export async function embedInRuns(
  texts: readonly ArrayLike<number>[],
  { session, dimensions, between }: RunsOptions,
): Promise<InferenceReply> {
  const vectors = new Float32Array(texts.length * dimensions);
  const failures: InferenceReply['failures'][number][] = [];
  const embed = async (run: readonly ArrayLike<number>[], start: number): Promise<void> => {
    await between?.();
    try {
      vectors.set(await session.run(run), start * dimensions);
    } catch (error) {
      if (run.length === 1) failures.push({ index: start, fault: toFault(error) });
      // One of them is at fault: each for itself then.
      else for (const [index, text] of run.entries()) await embed([text], start + index);
    }
  };
  // Below 0 not even texts without a token are together.
  const runTokensMax = Math.min(sharedTokensMax, session.runTokensMax ?? -1);
  for (const { start, texts: run } of groupByCost(texts, runTokensMax)) await embed(run, start);
  return { vectors, failures };
}

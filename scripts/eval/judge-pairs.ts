// Judges the engine's vectors on sentence pairs: Spearman's rank correlation of their cosines with what people said.

import { scoreStsb } from '../../native-bench/stsb-score.ts';
import type { EvalEngine, OnProgress } from './eval-engine.ts';
import type { PairSet } from './judged-set.ts';

export interface PairResult {
  readonly type: 'pairs';
  readonly name: string;
  readonly pairs: number;
  /** In [-1, 1]. */
  readonly spearman: number;
  readonly notes: readonly string[];
}

export async function judgePairs(
  engine: EvalEngine,
  set: PairSet,
  { onProgress }: { readonly onProgress: (phase: string) => OnProgress },
): Promise<PairResult> {
  let refused = 0;
  const spearman = await scoreStsb(set.pairs, async (texts) => {
    const { dimensions, vectors } = await engine.embed(texts, onProgress('embed'));
    const packed = new Float32Array(vectors.length * dimensions);
    for (const [row, vector] of vectors.entries()) {
      // A refused text stays 0: its cosine with anything is 0.
      if (vector === null) refused += 1;
      else packed.set(vector, row * dimensions);
    }
    return packed;
  });
  return {
    type: 'pairs',
    name: set.name,
    pairs: set.pairs.length,
    spearman,
    notes: refused === 0 ? [] : [`texts that the engine refused: ${refused}`],
  };
}

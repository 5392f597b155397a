// What the tops of the two lists say about how far each can be trusted, and the weight that follows from it.
//
// Where the best cosine stands far above that of the hundredth document, the model has found what was meant, and words
// would only disturb; where the cosines lie close together, it sees a heap of similar texts, and the words decide. The
// share that the best lexical hit scores adds a little; length of the query, agreement and gaps of the lists did not.

import type { Candidate, QueryEvidence } from './candidate.ts';
import { fittedWeights, type WeightParameters } from './fusion-weights.ts';

/** Each list is asked for so many documents at least: the last of them says what a document scores by chance. */
export const fusionDepth = 100;

export interface ListTops {
  /** Cosines of the semantic list's first and of its hundredth document, or its last if it has fewer. */
  readonly cosineTop: number;
  readonly cosineLast: number;
  /** BM25 of the lexical list's first document. */
  readonly lexicalTop: number;
  /** The share of the query's information that it scores, in [0, 1]. */
  readonly lexicalTopShare: number;
}

/** `candidates`: the union of both lists to a depth of `fusionDepth` or more; the tops do not depend on the depth. */
export function topsOf(candidates: readonly Candidate[], { information }: QueryEvidence): ListTops {
  const known: number[] = [];
  let lexicalTop = 0;
  for (const { cosine, lexicalScore } of candidates) {
    if (cosine !== null) known.push(cosine);
    if (lexicalScore !== null && lexicalScore > lexicalTop) lexicalTop = lexicalScore;
  }
  // Ascending, and a third of the time that an array of numbers takes.
  const cosines = Float64Array.from(known).sort();
  return {
    cosineTop: cosines.at(-1) ?? 0,
    cosineLast: cosines.at(-Math.min(fusionDepth, cosines.length)) ?? 0,
    lexicalTop,
    lexicalTopShare: information > 0 ? lexicalTop / information : 0,
  };
}

/** Half of the way from one side to the other, in cosine; finer than the noise of the spread would be too fine. */
const spreadWidth = 0.03;
const usualShare = 0.3;
const shareMin = 0.02;

/** What BM25, as a share of the query's information, weighs against one of cosine. */
export function lexicalWeightOf(
  { cosineTop, cosineLast, lexicalTopShare }: Pick<ListTops, 'cosineTop' | 'cosineLast' | 'lexicalTopShare'>,
  { floor, rise, spread, levelling }: WeightParameters = fittedWeights,
): number {
  const doubt = 1 / (1 + Math.exp((cosineTop - cosineLast - spread) / spreadWidth));
  const level = ((lexicalTopShare + shareMin) / usualShare) ** -levelling;
  return (floor + rise * doubt) * level;
}

// How far words are trusted beside the cosines of a model. Models differ in what their cosines are worth: the default one
// finds paraphrases that share no word; the static one is blind to the order of words, and its cosines of texts on
// one subject lie close together.

import type { EmbeddingSpec } from '../model/embedding-spec.ts';

export interface WeightParameters {
  /** The weight of the words where the cosines say everything. */
  readonly floor: number;
  /** What is added where they say nothing. */
  readonly rise: number;
  /** The spread of the cosines, top to hundredth, at which half of it is added. */
  readonly spread: number;
  /** How much the weight makes up for lists whose top scores little; at 1 only a list's own scale counts. */
  readonly levelling: number;
}

/** Fitted over the judged sets and variants of their queries (docs/decisions/026). */
export const fittedWeights: WeightParameters = { floor: 0.09, rise: 1.5, spread: 0.26, levelling: 0.9 };

/** Words decide, cosines help; the spread of such cosines tells nothing (docs/decisions/031). */
export const staticWeights: WeightParameters = { floor: 2.5, rise: 0, spread: 0.26, levelling: 1.2 };

/** Models that nobody has judged here are taken for ones like the default. */
export function fusionWeightsOf({ provider }: EmbeddingSpec): WeightParameters {
  return provider === 'static' ? staticWeights : fittedWeights;
}

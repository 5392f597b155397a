// What a term of a query weighs beside its idf. In a pasted ticket hundreds of words follow the few that say what it is
// about; left alone, they would decide. Weights are in (0, 1] and belong to the query: no index depends on them.

import { idfOf } from './bm25.ts';

/** Distinct terms before this place weigh more than half. A typed query ends before it; MAP is flat from 10 to 20. */
const halfWeightPlace = 15;

/** `place`: of the term among the query's distinct ones, from 0. */
export function placeWeight(place: number): number {
  return halfWeightPlace / (halfWeightPlace + place);
}

/**
 * Lets rare terms gain on common ones: a score then grows with idf to the power of 1.5. Common words are what embeddings
 * understand already; what they cannot know are names and rare words. 1 for a term that one document holds.
 */
export function rarityWeight(documents: number, documentFrequency: number): number {
  return Math.sqrt(idfOf(documents, documentFrequency) / idfOf(documents, Math.min(1, documents)));
}

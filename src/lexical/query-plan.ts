// A query made ready for all sources: what each term weighs and how a document's length counts. The order of the terms
// is fixed here, so that a document's score is the same sum, to the last bit, whichever way it is come to.

import { averageLength, halfSaturation, idfOf } from './bm25.ts';
import type { LexicalQuery } from './lexical-query.ts';

export interface PlannedTerm {
  readonly term: string;
  /** Weight × idf: what a document may score by it, at most. */
  readonly weightedIdf: number;
  /** Index of its group. */
  readonly group: number;
}

export interface QueryPlan {
  /** Heaviest first. */
  readonly terms: readonly PlannedTerm[];
  /** Half saturation (bm25.ts) of a document of weighted length n is `halfOfNone + n * halfPerUnit`. */
  readonly halfOfNone: number;
  readonly halfPerUnit: number;
  /**
   * What there is to hold, a group: the weighted idf of its heaviest term. A document that holds a lighter one holds
   * that much.
   */
  readonly groupInformation: readonly number[];
  /** Their sum. */
  readonly information: number;
}

export function planQuery({ terms, statistics }: LexicalQuery): QueryPlan {
  const groups = new Map<number, number>();
  const groupInformation: number[] = [];
  const planned = terms.map(({ term, weight, documentFrequency, group: name }) => {
    const weightedIdf = weight * idfOf(statistics.documents, documentFrequency);
    const group = groups.get(name) ?? groups.size;
    groups.set(name, group);
    groupInformation[group] = Math.max(groupInformation[group] ?? 0, weightedIdf);
    return { term, weightedIdf, group };
  });
  const average = averageLength(statistics);
  const halfOfNone = halfSaturation(0, average);
  return {
    terms: planned.sort((a, b) => b.weightedIdf - a.weightedIdf || compareText(a.term, b.term)),
    halfOfNone,
    halfPerUnit: halfSaturation(1, average) - halfOfNone,
    groupInformation,
    information: groupInformation.reduce((sum, information) => sum + information, 0),
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

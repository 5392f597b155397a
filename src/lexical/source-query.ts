// A planned query in one source: where the postings of its terms are, and what a single document scores by them.

import { countOfCode, countOfPacked, overflowCode } from './posting-code.ts';
import type { PostingSource } from './posting-source.ts';
import type { QueryPlan } from './query-plan.ts';

/** A term of the plan that the source holds. */
export interface HeldTerm {
  /** The source's number. */
  readonly number: number;
  /** Of its postings. */
  readonly start: number;
  readonly end: number;
  readonly weightedIdf: number;
  readonly group: number;
  /** No document of the source scores more by it. */
  readonly bound: number;
}

export interface SourceQuery {
  readonly source: PostingSource;
  readonly plan: QueryPlan;
  /** In the order of the plan. */
  readonly terms: readonly HeldTerm[];
}

export function querySource(source: PostingSource, plan: QueryPlan): SourceQuery {
  const terms: HeldTerm[] = [];
  for (const { term, weightedIdf, group } of plan.terms) {
    const number = source.find(term);
    if (number < 0) continue;
    const bound = weightedIdf * boundOfTerm(source, number, plan);
    terms.push({ number, start: source.start(number), end: source.end(number), weightedIdf, group, bound });
  }
  return { source, plan, terms };
}

/**
 * The largest count / (count + half saturation) of any posting: with count ≤ C and count / length ≤ D, so length ≥
 * count / D, it is at most 1 / (1 + halfOfNone / C + halfPerUnit / D), whatever the average length has become since.
 */
function boundOfTerm(source: PostingSource, term: number, { halfOfNone, halfPerUnit }: QueryPlan): number {
  const roundingSlack = 1 + 1e-9;
  const perCount = halfOfNone / source.maxCount(term);
  const perDensity = halfPerUnit / source.maxDensity(term);
  return roundingSlack / (1 + perCount + perDensity);
}

/** The weighted count of the posting at this place. */
export function countAt(source: PostingSource, term: number, place: number): number {
  const code = source.codes[place] as number;
  if (code !== overflowCode) return countOfCode[code] as number;
  return countOfPacked(source.overflow(term, source.ordinals[place] as number));
}

/** The first place in [from, end) whose ordinal is not below `ordinal`, or `end`; near ones are found sooner. */
export function seek(ordinals: Uint16Array, from: number, end: number, ordinal: number): number {
  let step = 1;
  let low = from;
  while (low + step < end && (ordinals[low + step] as number) < ordinal) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, end);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ordinals[middle] as number) < ordinal) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One document's score, and its coverage (lexical-query.ts). */
export function scoreDocument({ source, plan, terms }: SourceQuery, ordinal: number) {
  const half = plan.halfOfNone + (source.weightedLengths[ordinal] as number) * plan.halfPerUnit;
  const held = new Float64Array(plan.groupInformation.length);
  let score = 0;
  for (const { number, start, end, weightedIdf, group } of terms) {
    const place = seek(source.ordinals, start, end, ordinal);
    if (place === end || source.ordinals[place] !== ordinal) continue;
    const count = countAt(source, number, place);
    score += (weightedIdf * count) / (count + half);
    if (weightedIdf > (held[group] as number)) held[group] = weightedIdf;
  }
  const information = held.reduce((sum, part) => sum + part, 0);
  return { score, coverage: plan.information === 0 ? 0 : Math.min(1, information / plan.information) };
}

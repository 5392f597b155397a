// How alike two generations answer: the same queries to both, made of what is stored. A pure core; who searches is given.

import type { ComparedQuery, GenerationComparison } from '../engine-api.ts';

/** Hits of a query that are compared. */
export const comparedHits = 10;
const examplesMax = 5;

export interface AnsweredQuery {
  readonly query: string;
  /** Ids of the hits, best first. */
  readonly currentIds: readonly string[];
  readonly otherIds: readonly string[];
}

export function compareAnswers(answered: readonly AnsweredQuery[]): GenerationComparison {
  const compared = answered.map((answer): ComparedQuery & { agreement: number | null } => ({
    ...answer,
    overlapAt10: overlapOf(answer),
    agreement: kendallTau(answer),
  }));
  const agreements = compared.flatMap(({ agreement }) => (agreement === null ? [] : [agreement]));
  const worstFirst = [...compared].sort((a, b) => a.overlapAt10 - b.overlapAt10);
  return {
    queries: compared.length,
    overlapAt10: meanOf(compared.map(({ overlapAt10 }) => overlapAt10)) ?? 0,
    rankAgreement: meanOf(agreements),
    sameFirstHit:
      meanOf(compared.map(({ currentIds, otherIds }) => (currentIds[0] === otherIds[0] ? 1 : 0))) ?? 0,
    examples: worstFirst.slice(0, examplesMax).map(({ agreement: _, ...example }) => example),
  };
}

/** Of the longer list: two generations of three documents can agree in full. */
function overlapOf({ currentIds, otherIds }: AnsweredQuery): number {
  const count = Math.max(currentIds.length, otherIds.length);
  if (count === 0) return 1;
  const others = new Set(otherIds);
  return currentIds.filter((id) => others.has(id)).length / count;
}

/** Over the ids that both lists have; null for fewer than two. Kendall 1938; ties cannot be. */
function kendallTau({ currentIds, otherIds }: AnsweredQuery): number | null {
  const rank = new Map(otherIds.map((id, position) => [id, position]));
  const ranks = currentIds.flatMap((id) => rank.get(id) ?? []);
  const pairs = (ranks.length * (ranks.length - 1)) / 2;
  if (pairs === 0) return null;
  let concordant = 0;
  for (const [i, first] of ranks.entries()) {
    for (const second of ranks.slice(i + 1)) concordant += first < second ? 1 : -1;
  }
  return concordant / pairs;
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

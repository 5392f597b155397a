// Whether fusion is fitted to the sets or to search: for each set its parameters are fitted on the other sets alone, and
// judged on this one. The candidates are those that the engine found, so only their order is at stake.

import { fuse } from '../../src/ranking/fuse.ts';
import { lexicalWeightOf, topsOf, type WeightParameters } from '../../src/ranking/list-tops.ts';
import { type Estimate, estimate, estimateDifference, mean } from './bootstrap.ts';
import { fitWeights, toFitSet } from './fit-fusion.ts';
import type { QueryFeatures, SetFeatures } from './fusion-features.ts';
import { judge, type MetricName, type Metrics } from './retrieval-metrics.ts';

/** A score for each candidate of the query, index-aligned; higher is better. */
export type CandidateScorer = (query: QueryFeatures) => readonly number[];

/** From some sets to a scorer. */
export type Fit = (sets: readonly SetFeatures[]) => CandidateScorer;

export interface LeftOutResult {
  readonly name: string;
  readonly metrics: Readonly<Record<LeftOutMetric, LeftOutFigures>>;
}

export interface LeftOutFigures {
  /** By the parameters fitted on the other sets. */
  readonly fitted: Estimate;
  /** By the engine's own parameters, over the same candidates. */
  readonly engine: number;
  /** The side with the higher mean over the same candidates, and how much the fit has more, paired by query. */
  readonly better: 'semantic' | 'lexical';
  readonly difference: Estimate;
}

/** MAP counts only what is within the candidates: somewhat less than over 1,000 hits. */
export const leftOutMetrics = ['map', 'ndcg@10', 'recall@5'] as const satisfies readonly MetricName[];
type LeftOutMetric = (typeof leftOutMetrics)[number];

/** Index-aligned with `sets`, of which there are at least two. */
export function leaveOneOut(
  sets: readonly SetFeatures[],
  seed: number,
  fitOn: Fit = fitAdaptive,
): LeftOutResult[] {
  return sets.map((set) => {
    const metricsOf = {
      fitted: judgeAll(set, fitOn(sets.filter((other) => other !== set))),
      engine: judgeAll(set, ({ candidates, evidence }) =>
        fuse(candidates, evidence).scores.map(({ score }) => score),
      ),
      semantic: judgeAll(set, ({ candidates }) => candidates.map(({ cosine }) => cosine ?? 0)),
      lexical: judgeAll(set, ({ candidates }) => candidates.map(({ lexicalScore }) => lexicalScore ?? 0)),
    };
    const figures = leftOutMetrics.map((name) => {
      const values = (which: keyof typeof metricsOf) => metricsOf[which].map((metrics) => metrics[name]);
      const better = mean(values('semantic')) >= mean(values('lexical')) ? 'semantic' : 'lexical';
      const row: LeftOutFigures = {
        fitted: estimate(values('fitted'), seed),
        engine: mean(values('engine')),
        better,
        difference: estimateDifference(values('fitted'), values(better), seed),
      };
      return [name, row] as const;
    });
    return { name: set.name, metrics: Object.fromEntries(figures) as LeftOutResult['metrics'] };
  });
}

function fitAdaptive(sets: readonly SetFeatures[]): CandidateScorer {
  return scorerWith(fitWeights(sets.map(toFitSet)));
}

/** The default fusion with other parameters. */
function scorerWith(parameters: WeightParameters): CandidateScorer {
  return ({ candidates, evidence }) => {
    const weight = lexicalWeightOf(topsOf(candidates, evidence), parameters);
    const { information } = evidence;
    return candidates.map(
      ({ cosine, lexicalScore }) =>
        (cosine ?? 0) + (information > 0 ? (weight * (lexicalScore ?? 0)) / information : 0),
    );
  };
}

function judgeAll(set: SetFeatures, scorer: CandidateScorer): Metrics[] {
  return set.queries.map((query) => {
    const scores = scorer(query);
    const order = query.candidates
      .map(({ id }, index) => ({ id, score: scores[index] ?? Number.NEGATIVE_INFINITY }))
      // Ties by id, as the engine breaks them.
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id);
    const gains = new Map(query.relevant.map(({ id, gain }) => [id, gain]));
    return judge({ shallow: order, deep: order }, gains);
  });
}

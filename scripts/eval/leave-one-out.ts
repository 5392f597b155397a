// Whether fusion is fitted to the sets or to search: for each set its parameters are fitted on the other sets alone, and
// judged on this one. The candidates are those that the engine found, so only their order is at stake.

import { fuse } from '../../src/ranking/fuse.ts';
import type { WeightParameters } from '../../src/ranking/fusion-weights.ts';
import { lexicalWeightOf, topsOf } from '../../src/ranking/list-tops.ts';
import { type Estimate, estimate, estimateDifference, mean } from './bootstrap.ts';
import { fitWeights, toFitSet } from './fit-fusion.ts';
import type { QueryFeatures, SetFeatures } from './fusion-features.ts';
import { judge, type MetricName, type Metrics } from './retrieval-metrics.ts';

/** A score for each candidate of the query, index-aligned; higher is better. */
export type CandidateScorer = (query: QueryFeatures) => readonly number[];

/** From some sets to a scorer. */
export type Fit = (sets: readonly SetFeatures[]) => CandidateScorer;

/** What fusion saw of a set, and how the modes did on it, index-aligned with its queries. */
export interface JudgedFeatures {
  readonly features: SetFeatures;
  readonly parts: Readonly<Record<'semantic' | 'lexical', readonly Metrics[]>>;
}

export interface LeftOutResult {
  readonly name: string;
  readonly metrics: Readonly<Record<LeftOutMetric, LeftOutFigures>>;
}

export interface LeftOutFigures {
  /** By the parameters fitted on the other sets. */
  readonly fitted: Estimate;
  /** By the engine's own parameters, over the same candidates. */
  readonly engine: number;
  /** The mode with the higher mean, and how much the fit has more, paired by query. */
  readonly better: 'semantic' | 'lexical';
  readonly difference: Estimate;
}

/** MAP counts only what is within the candidates, and for the modes what is within 1,000 hits: to the fit's disadvantage. */
export const leftOutMetrics = ['map', 'ndcg@10', 'recall@5'] as const satisfies readonly MetricName[];
type LeftOutMetric = (typeof leftOutMetrics)[number];

/** Index-aligned with `sets`, of which there are at least two. */
export function leaveOneOut(
  sets: readonly JudgedFeatures[],
  seed: number,
  fitOn: Fit = fitAdaptive,
): LeftOutResult[] {
  return sets.map(({ features, parts }) => {
    const others = sets.map((set) => set.features).filter((other) => other !== features);
    const metricsOf = {
      ...parts,
      fitted: judgeAll(features, fitOn(others)),
      engine: judgeAll(features, ({ candidates, evidence }) =>
        fuse(candidates, evidence).scores.map(({ score }) => score),
      ),
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
    return { name: features.name, metrics: Object.fromEntries(figures) as LeftOutResult['metrics'] };
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

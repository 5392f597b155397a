// Judges the engine on a retrieval set: loads the documents, asks every query by every method, compares.

import { askQueries } from './ask-queries.ts';
import { type Estimate, estimate, estimateDifference, mean } from './bootstrap.ts';
import { type Calibration, calibrationOf } from './calibration.ts';
import type { EvalEngine, LoadedCollection, OnProgress } from './eval-engine.ts';
import { featuresOf } from './fusion-features.ts';
import type { RetrievalSet } from './judged-set.ts';
import type { JudgedFeatures } from './leave-one-out.ts';
import { judge, type MetricName, type Metrics, metricNames } from './retrieval-metrics.ts';
import type { SearchMethod } from './search-methods.ts';

export interface RetrievalResult {
  readonly type: 'retrieval';
  readonly name: string;
  readonly documents: number;
  readonly queries: number;
  /** Pairs of a query and a document that is relevant to it. */
  readonly relevant: number;
  readonly excludesSelf: boolean;
  readonly methods: readonly MethodResult[];
  readonly options: readonly OptionResult[];
  /** Hybrid against the better of semantic and lexical, by metric; null when one of the three was not run. */
  readonly comparison: Readonly<Record<MetricName, Comparison>> | null;
  readonly notes: readonly string[];
}

export interface MethodResult {
  readonly name: string;
  readonly metrics: Readonly<Record<MetricName, Estimate>>;
  /** Of the first ten hits. */
  readonly calibration: Calibration | null;
}

export const optionMetrics = ['ndcg@10', 'recall@5', 'recall@100'] as const;

export interface OptionResult {
  readonly name: string;
  /** Hybrid with the option minus hybrid without, paired by query. */
  readonly differences: Readonly<Record<(typeof optionMetrics)[number], Estimate>>;
}

export interface Comparison {
  /** The part with the higher mean. */
  readonly better: 'semantic' | 'lexical';
  /** Hybrid minus that part, paired by query. */
  readonly difference: Estimate;
}

export interface RetrievalJudgement {
  readonly methods: readonly SearchMethod[];
  readonly options: readonly SearchMethod[];
  readonly seed: number;
  readonly onProgress: (phase: string) => OnProgress;
  /** Told what fusion saw; null: nobody wants to know. */
  readonly onFeatures: ((seen: JudgedFeatures) => void) | null;
}

export async function judgeRetrieval(
  engine: EvalEngine,
  set: RetrievalSet,
  { methods, options, seed, onProgress, onFeatures }: RetrievalJudgement,
): Promise<RetrievalResult> {
  const loaded = await engine.load(set.documents, onProgress('ingest'));
  const ask = async (method: SearchMethod, isDeep: boolean) => {
    const answers = await askQueries(engine.client, set, loaded, { method, isDeep }, onProgress(method.name));
    return { answers, metrics: answers.map(({ rankings, query }) => judge(rankings, query.gains)) };
  };
  const byMethod = new Map<string, readonly Metrics[]>();
  const results: MethodResult[] = [];
  for (const method of methods) {
    const { answers, metrics } = await ask(method, true);
    byMethod.set(method.name, metrics);
    results.push({
      name: method.name,
      metrics: byMetric((metric) => estimate(valuesOf(metrics, metric), seed)),
      calibration: calibrationOf(answers.flatMap(({ forecasts }) => forecasts)),
    });
  }
  const optionResults: OptionResult[] = [];
  for (const option of options) {
    const { metrics } = await ask(option, false);
    optionResults.push({ name: option.name, differences: optionDifferences(metrics, byMethod, seed) });
  }
  if (onFeatures !== null) {
    const features = await featuresOf(engine.client, set, loaded, onProgress('features'));
    const [semantic = [], lexical = []] = ['semantic', 'lexical'].map((name) => byMethod.get(name));
    onFeatures({ features, parts: { semantic, lexical } });
  }
  return {
    type: 'retrieval',
    name: set.name,
    documents: set.documents.length,
    queries: set.queries.length,
    relevant: set.queries.reduce((sum, { gains }) => sum + gains.size, 0),
    excludesSelf: set.excludesSelf,
    methods: results,
    options: optionResults,
    comparison: compare(byMethod, seed),
    notes: [...set.notes, ...notesOnRejected(loaded)],
  };
}

function optionDifferences(
  metrics: readonly Metrics[],
  byMethod: ReadonlyMap<string, readonly Metrics[]>,
  seed: number,
): OptionResult['differences'] {
  const plain = byMethod.get('hybrid') ?? [];
  const differences = optionMetrics.map((metric) => [
    metric,
    estimateDifference(valuesOf(metrics, metric), valuesOf(plain, metric), seed),
  ]);
  return Object.fromEntries(differences) as OptionResult['differences'];
}

function compare(
  byMethod: ReadonlyMap<string, readonly Metrics[]>,
  seed: number,
): RetrievalResult['comparison'] {
  const [semantic, lexical, hybrid] = ['semantic', 'lexical', 'hybrid'].map((name) => byMethod.get(name));
  if (semantic === undefined || lexical === undefined || hybrid === undefined) return null;
  return byMetric((metric) => {
    const [left, right] = [valuesOf(semantic, metric), valuesOf(lexical, metric)];
    const better = mean(left) >= mean(right) ? 'semantic' : 'lexical';
    const part = better === 'semantic' ? left : right;
    return { better, difference: estimateDifference(valuesOf(hybrid, metric), part, seed) };
  });
}

function valuesOf(metrics: readonly Metrics[], name: MetricName): number[] {
  return metrics.map((metric) => metric[name]);
}

function byMetric<Value>(value: (metric: MetricName) => Value): Record<MetricName, Value> {
  return Object.fromEntries(metricNames.map((name) => [name, value(name)])) as Record<MetricName, Value>;
}

function notesOnRejected({ rejected }: LoadedCollection): string[] {
  const [first] = rejected.values();
  return first === undefined
    ? []
    : [`documents that the engine refused: ${rejected.size} (the first: ${first})`];
}

// How good one ranking is, by the definitions of trec_eval, so that figures stand beside published ones.

export const metricNames = [
  'ndcg@10',
  'mrr',
  'recall@1',
  'recall@5',
  'recall@10',
  'recall@100',
  'map',
  'p@30',
] as const;
export type MetricName = (typeof metricNames)[number];
export type Metrics = Readonly<Record<MetricName, number>>;

/** Document ids, best first, none twice. Of the search that a metric of this depth is about. */
export interface Rankings {
  /** At least 100 deep, as far as there are hits: what all but MAP look at. */
  readonly shallow: readonly string[];
  /** As deep as needed to find all relevant documents, at most 1,000 as in Anserini: what MAP looks at. */
  readonly deep: readonly string[];
}

/** `gains`: the relevant documents, gain above 0; at least one. Every metric is in [0, 1]. */
export function judge({ shallow, deep }: Rankings, gains: ReadonlyMap<string, number>): Metrics {
  const found = (depth: number) => shallow.slice(0, depth).filter((id) => gains.has(id)).length;
  const first = shallow.findIndex((id) => gains.has(id));
  return {
    'ndcg@10':
      discountedGain(
        shallow.map((id) => gains.get(id) ?? 0),
        10,
      ) / idealGain(gains, 10),
    mrr: first < 0 ? 0 : 1 / (first + 1),
    'recall@1': found(1) / gains.size,
    'recall@5': found(5) / gains.size,
    'recall@10': found(10) / gains.size,
    'recall@100': found(100) / gains.size,
    map: averagePrecision(deep, gains),
    'p@30': found(30) / 30,
  };
}

/** trec_eval's ndcg_cut: the gain itself over log2(rank + 1), not 2^gain - 1. Järvelin & Kekäläinen 2002. */
function discountedGain(rankedGains: readonly number[], depth: number): number {
  return rankedGains.slice(0, depth).reduce((sum, gain, index) => sum + gain / Math.log2(index + 2), 0);
}

function idealGain(gains: ReadonlyMap<string, number>, depth: number): number {
  return discountedGain(
    [...gains.values()].sort((left, right) => right - left),
    depth,
  );
}

/** The mean, over all relevant documents, of the precision where each is found; 0 for one that is not. */
function averagePrecision(ranking: readonly string[], gains: ReadonlyMap<string, number>): number {
  let [found, sum] = [0, 0];
  for (const [index, id] of ranking.entries()) {
    if (!gains.has(id)) continue;
    found += 1;
    sum += found / (index + 1);
  }
  return sum / gains.size;
}

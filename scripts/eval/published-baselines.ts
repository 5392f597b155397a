// What others have published for a set, by the set's name. A set that is not here is judged without.

import type { MetricName } from './retrieval-metrics.ts';

export interface Baseline {
  readonly system: string;
  readonly figures: readonly {
    readonly metric: MetricName | 'accuracy' | 'spearman';
    readonly value: number;
  }[];
  /** Where the figure is from, and what keeps it from being compared digit by digit. */
  readonly source: string;
}

const mteb = 'embeddings-benchmark results';
const pairs = 'k1 1.2, b .75, counted over the 500 pairs instead of over the queries';

const baselines: Readonly<Record<string, readonly Baseline[]>> = {
  cacm: [
    {
      system: 'Anserini BM25',
      figures: [
        { metric: 'map', value: 0.3123 },
        { metric: 'p@30', value: 0.1942 },
      ],
      source: 'castorini/anserini, 1,000 hits a query',
    },
  ],
  'askubuntu-dups': [{ system: 'plain BM25', figures: duplicates(0.227, 0.154, 0.384), source: pairs }],
  'meta-dups': [{ system: 'plain BM25', figures: duplicates(0.26, 0.184, 0.38), source: pairs }],
  banking77: models('accuracy', { minilm: 0.8, mpnet: 0.817, bge: 0.857, potion: 0.726 }),
  'stsb-en': models('spearman', { minilm: 0.82, mpnet: 0.834, bge: 0.859, potion: 0.754 }),
};

export function baselinesOf(setName: string): readonly Baseline[] {
  return Object.hasOwn(baselines, setName) ? (baselines[setName] ?? []) : [];
}

function duplicates(mrr: number, recallAt1: number, recallAt10: number): Baseline['figures'] {
  return [
    { metric: 'mrr', value: mrr },
    { metric: 'recall@1', value: recallAt1 },
    { metric: 'recall@10', value: recallAt10 },
  ];
}

function models(
  metric: 'accuracy' | 'spearman',
  values: Readonly<Record<'minilm' | 'mpnet' | 'bge' | 'potion', number>>,
): Baseline[] {
  const row = (system: string, value: number) => ({ system, figures: [{ metric, value }], source: mteb });
  return [
    row('all-MiniLM-L6-v2 (fp32)', values.minilm),
    row('all-mpnet-base-v2', values.mpnet),
    row('bge-small-en-v1.5', values.bge),
    row('potion-base-8M', values.potion),
  ];
}

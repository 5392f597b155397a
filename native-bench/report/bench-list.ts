// The benches by name: where each one's code is, what the page calls it, and how long it may take. Their order is the order
// in which all of them run and in which the page shows them.

import type { BenchSize } from './figure.ts';

export interface BenchEntry {
  readonly name: string;
  /** The heading on the page. */
  readonly title: string;
  /** From native-bench/. */
  readonly module: string;
  /**
   * A bench that takes longer is stopped and counts as failed. Short: all together stay below ten minutes on two cores, and
   * a busy machine gets time enough. Full: a million vectors take about half an hour to build and to search.
   */
  readonly minutesMax: Readonly<Record<BenchSize, number>>;
}

const minutesMax = { short: 10, full: 30 };

export const benches: readonly BenchEntry[] = [
  {
    name: 'search-floor',
    title: 'Search by vector over gRPC beside its floors',
    module: './search-floor.ts',
    minutesMax,
  },
  {
    name: 'ingest-vectors',
    title: 'Ingest of documents that bring their vectors',
    module: './ingest-vectors.ts',
    minutesMax,
  },
  { name: 'ingest-text', title: 'Ingest of texts', module: './ingest-text.ts', minutesMax },
  {
    name: 'embedding-floor',
    title: 'Embedding beside bare inference',
    module: './embedding-floor.ts',
    minutesMax,
  },
  { name: 'hnsw-floor', title: 'The floor of the index', module: './floors/hnsw-floor.ts', minutesMax },
  { name: 'echo-floor', title: 'The floor of the transport', module: './floors/echo-floor.ts', minutesMax },
  {
    name: 'search-latency',
    title: 'Search latency, idle and while documents come in',
    module: './search-latency.ts',
    minutesMax,
  },
  {
    name: 'everything-at-once',
    title: 'Search while everything else happens',
    module: './everything-at-once.ts',
    minutesMax,
  },
  { name: 'start', title: 'Start and memory', module: './start.ts', minutesMax },
  {
    name: 'peers',
    title: 'Peers at equal recall',
    module: './peers/peers.ts',
    minutesMax: { short: 10, full: 120 },
  },
  { name: 'scaling', title: 'Scaling law', module: './scaling.ts', minutesMax: { short: 10, full: 120 } },
  { name: 'filtered-search', title: 'Search with filters', module: './filtered-search.ts', minutesMax },
  { name: 'lexical', title: 'Search by words', module: './lexical.ts', minutesMax },
  { name: 'sync-postgres', title: 'A PostgreSQL table as a job', module: './sync-postgres.ts', minutesMax },
];

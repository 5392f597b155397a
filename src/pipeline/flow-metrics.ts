// What the flows report while they work; the engine wires it to the registry.

import type { IngestResult } from '../model/document.ts';
import type { FilterPlan, SearchMode } from '../model/query.ts';

export type IngestStage = 'extract' | 'compare' | 'clean' | 'embed' | 'index';
/** `understand`: reading the text. `terms`: asking the shards for its words, while it is embedded. */
export type SearchStage = 'understand' | 'embed' | 'terms' | 'index' | 'rank' | 'rerank' | 'fetch' | 'total';

export interface FlowMetrics {
  /** Time from asking an actor to its answer, waiting included. */
  ingestStage(stage: IngestStage, seconds: number): void;
  searchStage(stage: SearchStage, seconds: number): void;
  /** One search was answered. */
  searched(mode: SearchMode, facts: SearchedFacts): void;
  documents(outcome: IngestResult['outcome'] | 'deleted', count: number): void;
}

export interface SearchedFacts {
  readonly hits: number;
  readonly filterPlan: FilterPlan;
  /** Answered by words alone, because the model was out of reach. */
  readonly isDegraded: boolean;
}

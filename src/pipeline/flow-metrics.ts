// What the flows report while they work; the engine wires it to the registry.

import type { IngestResult } from '../model/document.ts';

export type IngestStage = 'extract' | 'compare' | 'clean' | 'embed' | 'index';
export type SearchStage = 'embed' | 'index' | 'fetch' | 'total';

export interface FlowMetrics {
  /** Time from asking an actor to its answer, waiting included. */
  ingestStage(stage: IngestStage, seconds: number): void;
  searchStage(stage: SearchStage, seconds: number): void;
  documents(outcome: IngestResult['outcome'] | 'deleted', count: number): void;
}

// What an index actor is started with. Plain data: it crosses into the thread as workerData.

import type { LexicalIndexOptions } from '../../lexical/lexical-index.ts';
import type { TextBounds } from './text-reads.ts';

export interface IndexInit {
  readonly dataDir: string;
  readonly shard: number;
  /** Fixed when the data folder was made. */
  readonly shardCount: number;
  readonly dimensions: number;
  readonly generation: string;
  /** Links a point of the graph has. */
  readonly m: number;
  readonly efConstruction: number;
  /** The width of a graph search that names none. */
  readonly efSearch: number;
  /** Vectors that may wait for the graph before commits wait. */
  readonly tailMax: number;
  /** Collections with at most so many vectors are scanned exactly and have no graph. */
  readonly exactMax: number;
  /** A snapshot is due after so many changes, and a quarter of the collection's vectors. */
  readonly snapshotChangesMin: number;
  readonly mapBytesMax: number;
  /** Memory for graphs and tails, above which collections that rest are released; default: no bound. */
  readonly indexBytesMax?: number;
  /** The engine-wide CommitSequence. */
  readonly sequence: SharedArrayBuffer;
  /** The share of tombstones above which a graph is rebuilt; default .2. */
  readonly rebuildRatio?: number;
  /** And so many of them, at least: a handful is not worth a rebuild. Default 256. */
  readonly rebuildTombstonesMin?: number;
  /** Up to so many passing vectors a filtered search compares them one by one instead of asking the graph; default: see nearest-documents.ts. */
  readonly scannedLabelsMax?: number;
  /** What a search may read to check phrases; default: see text-reads.ts. */
  readonly textBounds?: TextBounds;
  /** When new words become a segment, and segments one; tests make them small. */
  readonly lexical?: LexicalIndexOptions;
}

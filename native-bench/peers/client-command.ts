// What the bench asks of a client process, and what it answers. Every peer is loaded and searched by such processes alone.

import type { Effort } from './peer.ts';
import type { DataShape } from './peer-data.ts';

export interface Opening {
  readonly peer: string;
  readonly place: string;
  readonly dataFolder: string;
  readonly shape: DataShape;
}

export type ClientCommand =
  | { readonly type: 'open'; readonly opening: Opening }
  | { readonly type: 'create' }
  /** Adds all stored documents; answers `LoadTimes`. */
  | { readonly type: 'load' }
  /** Adds further documents until `stop`, at that rate or as fast as it is let; answers `LoadRate` when it has stopped. */
  | { readonly type: 'ingest'; readonly documentsPerSecond: number | null }
  | { readonly type: 'stop' }
  /** Ids found by the first `count` queries; answers number[][]. */
  | { readonly type: 'answers'; readonly count: number; readonly effort: Effort }
  /** One after the other; answers milliseconds, number[]. */
  | {
      readonly type: 'one-at-a-time';
      readonly forMs: number;
      readonly pauseMs: number;
      readonly effort: Effort;
    }
  /** Always `inFlight` at once; answers searches a second. */
  | { readonly type: 'at-once'; readonly forMs: number; readonly inFlight: number; readonly effort: Effort }
  | { readonly type: 'close' };

export interface LoadTimes {
  readonly acknowledgedSeconds: number;
  /** Until everything was searched through the index. */
  readonly settledSeconds: number;
}

export interface LoadRate {
  readonly documentsPerSecond: number;
}

export interface ClientRequest {
  readonly id: number;
  readonly command: ClientCommand;
}

export type ClientReply =
  | { readonly id: number; readonly type: 'done'; readonly value: unknown }
  | { readonly id: number; readonly type: 'failed'; readonly error: string };

/** Hits a search asks for; recall is recall@10. */
export const hitsPerSearch = 10;

// The compiled index: hnswlib-node's own classes and what src/vector/native adds to them.

import { addonDir, loadAddon } from '../base/compiled-addon.ts';

/** As hnswlib-node has it; see its documentation. */
export interface NativeIndex {
  initIndex(options: {
    readonly maxElements: number;
    readonly m: number;
    readonly efConstruction: number;
  }): void;
  /** On another thread, as `writeIndex`. */
  readIndex(path: string): Promise<boolean>;
  writeIndex(path: string): Promise<boolean>;
  resizeIndex(maxElements: number): void;
  getMaxElements(): number;
}

/** A thread that inserts; see graph-inserter.ts. It ends with the thread that made it, at the latest. */
export interface NativeInserter {
  readonly kind: 'inserter';
}

interface NativeAddon {
  /** The kernel in use; with `name`, after that one was put into use for all indexes made from then on. */
  kernel(name?: string): string;
  readonly HierarchicalNSW: new (space: 'ip', dimensions: number) => NativeIndex;
  /** Adds the vector at `offset`. Throws what is wrong with it; the index is unchanged then, unless memory ran out. */
  addFloats(index: NativeIndex, vectors: Float32Array, offset: number, label: number): void;
  /**
   * Writes the nearest `k` labels with their distances, best first, into arrays of at least `k`, and returns how many
   * there are. `allows` may throw, which ends the search, but must not touch the index.
   */
  searchFloats(
    index: NativeIndex,
    vectors: Float32Array,
    offset: number,
    k: number,
    ef: number,
    labels: Uint32Array,
    distances: Float32Array,
    allows?: (label: number) => boolean,
  ): number;
  /** Hides the point. Returns whether it was there and not hidden; its insertion must be done. */
  markDeleted(index: NativeIndex, label: number): boolean;
  /** `onProgress` is called in the event loop when half of `capacity` is done, or all there is. */
  startInserter(
    dimensions: number,
    capacity: number,
    niceness: number,
    onProgress: () => void,
  ): NativeInserter;
  /** As `addFloats`, later; the vector is copied. False when `capacity` points are under way. */
  insertLater(
    inserter: NativeInserter,
    index: NativeIndex,
    vectors: Float32Array,
    offset: number,
    label: number,
  ): boolean;
  /** How many are done since the last call, in the order they came. Throws why the next one failed. */
  settleInsertions(inserter: NativeInserter): number;
  /** As `resizeIndex`, between two insertions. */
  resizeBetween(inserter: NativeInserter, index: NativeIndex, maxElements: number): void;
  /** Waits for the insertion that runs, and gives up what else is under way. */
  stopInserter(inserter: NativeInserter): void;
  /** XXH64 of a file's content in 16 hex digits, made on another thread. */
  checksumOf(path: string): Promise<string>;
  /** Of all points, tombstones included, in no order. */
  labels(index: NativeIndex): Uint32Array;
  /**
   * The pages that lie wholly between two places of a buffer go back to the system, and read as zeros; returns their bytes.
   * Where the system keeps them (all but Linux) they stay as they are.
   */
  giveBack(buffer: ArrayBuffer, start: number, end: number): number;
}

export const addonFile = 'index-addon.node';

let loaded: NativeAddon | null = null;

/** Loaded at first use, a thread each. */
export function nativeAddon(folder = addonDir): NativeAddon {
  loaded ??= loadAddon<NativeAddon>(addonFile, folder);
  return loaded;
}

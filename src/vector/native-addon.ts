// The compiled part: hnswlib-node's own classes and what src/vector/native adds to them. One file for each platform,
// made by `npm run build`, in the folder of the compiled engine.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
  markDelete(label: number): void;
  getMaxElements(): number;
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
  /** Of all points, tombstones included, in no order. */
  labels(index: NativeIndex): Uint32Array;
}

/** The same place seen from src and from dist. */
export const addonDir = fileURLToPath(new URL('../../dist/native', import.meta.url));

export const addonFile = 'index-addon.node';

let loaded: NativeAddon | null = null;

/** Loaded at first use, a thread each. */
export function nativeAddon(folder = addonDir): NativeAddon {
  loaded ??= createRequire(import.meta.url)(join(folder, addonFile)) as NativeAddon;
  return loaded;
}

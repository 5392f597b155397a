// Refuses writes while they can still be refused. A map or a disk that fills up in the middle of a transaction is an
// error of the worst kind; a request that is turned away with `resource_exhausted` can be sent again.

import { statfsSync } from 'node:fs';
import { KmsError } from '../base/errors.ts';

export interface SpaceUse {
  /** Bytes of pages that hold data. */
  readonly usedBytes: number;
  /** Bytes of the file up to its last page: data, and pages that were freed and will be used again. */
  readonly fileBytes: number;
}

export interface SpaceGuardOptions {
  readonly folder: string;
  readonly mapBytesMax: number;
  readonly use: () => SpaceUse;
  /** Bytes that the file system has left for us; tests pass their own. */
  readonly freeBytes?: () => number;
}

/** Left free on the disk for what must still work when it is "full": deletes, the log, a clean stop. */
const diskReserveBytes = 64 * 1024 * 1024;
/** A write rewrites the path to each page it touches, and fills pages by two thirds on average. */
const writeAmplification = 2;
/** Freed pages lie scattered and long records need several in a row, so not all of them can be counted on. */
const usedShareMax = 0.75;

/** The map is measured again after a tenth of its room was used, since only we fill it. */
const allowanceShare = 0.1;

export class SpaceGuard {
  readonly #options: SpaceGuardOptions;
  readonly #freeBytes: () => number;
  /** Bytes that may be written before the map is measured again: that takes 0.7 ms. */
  #allowance = 0;

  constructor(options: SpaceGuardOptions) {
    this.#options = options;
    this.#freeBytes =
      options.freeBytes ??
      (() => {
        const { bavail, bsize } = statfsSync(options.folder);
        return bavail * bsize;
      });
  }

  /** Throws `resource_exhausted` when `bytes` more might not fit into the map or onto the disk. */
  check(bytes: number): void {
    const needed = bytes * writeAmplification;
    if (needed > this.#allowance) this.#measureMap(needed);
    const freeBytes = this.#freeBytes();
    if (freeBytes < diskReserveBytes + needed) {
      throw new KmsError('resource_exhausted', 'the disk of the data folder is full', {
        facts: { freeBytes, diskReserveBytes },
      });
    }
    this.#allowance -= needed;
  }

  #measureMap(needed: number): void {
    const { mapBytesMax } = this.#options;
    const { usedBytes, fileBytes } = this.#options.use();
    if (fileBytes + needed > mapBytesMax && usedBytes + needed > mapBytesMax * usedShareMax) {
      throw new KmsError('resource_exhausted', 'the shard has reached its size limit: raise the map size', {
        facts: { usedBytes, mapBytesMax },
      });
    }
    this.#allowance = Math.max(needed, (mapBytesMax - fileBytes) * allowanceShare);
  }
}

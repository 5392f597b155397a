// Which document each label stands for, in memory: a search asks it for every candidate, and a look into the store costs
// some 4 µs once the rows are more than the processor's caches hold. An id and 16 bytes a label: one part in fifty of
// what its vector takes.

import type { LabelRow } from './document-record.ts';

/** Labels in a block. A block is made for the first of its labels that is asked about. */
const blockLabels = 4_096;
/** Kept for two million labels with ids of 16 bytes. Beyond, all is forgotten, and learned again as it is asked for. */
const bytesMax = 64 * 1024 * 1024;
/** Chunk and length, two bytes each, then the collection. */
const headerBytes = 8;
const chunkMax = 0xffff;
/** In the length: the id is not ASCII alone. */
const wideFlag = 0x8000;

interface Block {
  /** Where a label's entry begins, plus one; 0: not known. */
  readonly places: Uint32Array;
  entries: Buffer;
  used: number;
}

export class LabelNames {
  readonly #blocks = new Map<number, Block>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(limits: { readonly bytesMax: number } = { bytesMax }) {
    this.#bytesMax = limits.bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined: not known, or of another collection. */
  get(collection: number, label: number): LabelRow | undefined {
    const block = this.#blocks.get(Math.floor(label / blockLabels));
    const place = block?.places[label % blockLabels] ?? 0;
    if (block === undefined || place === 0) return undefined;
    const { entries } = block;
    const start = place - 1;
    if (entries.readUInt32LE(start + 4) !== collection) return undefined;
    const length = entries.readUInt16LE(start + 2);
    const from = start + headerBytes;
    const isWide = (length & wideFlag) !== 0;
    const id = entries.toString(isWide ? 'utf8' : 'latin1', from, from + (length & ~wideFlag));
    return [id, entries.readUInt16LE(start)];
  }

  set(collection: number, label: number, [id, chunk]: LabelRow): void {
    if (chunk > chunkMax) return;
    const idBytes = Buffer.byteLength(id);
    if (idBytes >= wideFlag) return;
    const number = Math.floor(label / blockLabels);
    const block = this.#roomFor(number, headerBytes + idBytes);
    const start = block.used;
    block.entries.writeUInt16LE(chunk, start);
    block.entries.writeUInt16LE(idBytes === id.length ? idBytes : idBytes | wideFlag, start + 2);
    block.entries.writeUInt32LE(collection, start + 4);
    block.entries.write(id, start + headerBytes);
    block.used += headerBytes + idBytes;
    block.places[label % blockLabels] = start + 1;
  }

  /** Its entry stays where it is until its block is forgotten as a whole. */
  delete(label: number): void {
    const block = this.#blocks.get(Math.floor(label / blockLabels));
    if (block !== undefined) block.places[label % blockLabels] = 0;
  }

  #roomFor(number: number, bytes: number): Block {
    const known = this.#blocks.get(number);
    const block = known ?? { places: new Uint32Array(blockLabels), entries: Buffer.alloc(0), used: 0 };
    const grown =
      block.used + bytes > block.entries.length ? Math.max(1_024, block.entries.length, bytes) : 0;
    const more = (known === undefined ? block.places.byteLength : 0) + grown;
    if (more > 0 && this.#bytes + more > this.#bytesMax) {
      this.#blocks.clear();
      this.#bytes = 0;
      if (block.used > 0) return this.#roomFor(number, bytes);
    }
    this.#bytes += more;
    if (grown > 0) {
      // Of its own: a part of Node's pool would keep all of that.
      const entries = Buffer.allocUnsafeSlow(block.entries.length + grown);
      block.entries.copy(entries, 0, 0, block.used);
      block.entries = entries;
    }
    this.#blocks.set(number, block);
    return block;
  }
}

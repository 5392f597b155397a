// The distinct terms of a memtable, numbered in order of arrival: a hash table over one array of UTF-16 units. A Map of
// strings would make a string of every word of every document only to look it up.

import { randomInt } from 'node:crypto';
import { withRoom } from './growing.ts';

/** Another one in each process, so that nobody can prepare words that all meet in one slot. */
const hashSeed = randomInt(2 ** 31);
/** FNV-1a's prime (Fowler, Noll & Vo). */
const hashPrime = 16_777_619;

export class TermTable {
  /** Term t is the units from offsets[t] to before offsets[t + 1]. */
  units = new Uint16Array(0);
  offsets = new Uint32Array(16);
  #hashes = new Uint32Array(0);
  /** Term number + 1; 0: free. A power of two, at least half of it free, so that a probe ends soon. */
  #slots = new Int32Array(16);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    const arrays = [this.units, this.offsets, this.#hashes, this.#slots];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** The number of the term that is `text` from `start` to before `end`, or -1. */
  find(text: string, start: number, end: number): number {
    return (this.#slots[this.#probe(text, start, end, hashOf(text, start, end))] as number) - 1;
  }

  /** The same; a term that is new gets the next number. */
  findOrAdd(text: string, start: number, end: number): number {
    const hash = hashOf(text, start, end);
    const slot = this.#probe(text, start, end, hash);
    const found = this.#slots[slot] as number;
    if (found !== 0) return found - 1;
    const term = this.#count++;
    this.#slots[slot] = term + 1;
    this.#hashes = withRoom(this.#hashes, term + 1);
    this.#hashes[term] = hash;
    let at = this.offsets[term] as number;
    this.units = withRoom(this.units, at + end - start);
    for (let i = start; i < end; i++) this.units[at++] = text.charCodeAt(i);
    this.offsets = withRoom(this.offsets, term + 2);
    this.offsets[term + 1] = at;
    if (2 * this.#count > this.#slots.length) this.#grow();
    return term;
  }

  /** The slot of the term, or the free one that it would take. */
  #probe(text: string, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const term = (this.#slots[slot] as number) - 1;
      if (term < 0 || (this.#hashes[term] === hash && this.#is(term, text, start, end))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #is(term: number, text: string, start: number, end: number): boolean {
    const from = this.offsets[term] as number;
    if ((this.offsets[term + 1] as number) - from !== end - start) return false;
    for (let i = start; i < end; i++) {
      if (this.units[from + i - start] !== text.charCodeAt(i)) return false;
    }
    return true;
  }

  #grow(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let term = 0; term < this.#count; term++) {
      const hash = this.#hashes[term] as number;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = term + 1;
    }
    this.#slots = slots;
  }
}

function hashOf(text: string, start: number, end: number): number {
  let hash = hashSeed;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), hashPrime);
  return hash >>> 0;
}

// The postings of a memtable. Those of one term lie together, in a range that moves to another of twice the size when
// it is full: an addition costs about two copies, whatever the number of terms, and a search reads a range from end to
// end.

import { withRoom } from './growing.ts';

export class PostingPool {
  ordinals = new Uint16Array(0);
  codes = new Uint8Array(0);
  #starts = new Uint32Array(0);
  #counts = new Uint32Array(0);
  /** The range of a term has room for 2^class postings. */
  #classes = new Uint8Array(0);
  #terms = 0;
  #end = 0;
  /** Ranges that terms have outgrown, by class: together never longer than the pool. */
  readonly #free: number[][] = [];

  get terms(): number {
    return this.#terms;
  }

  get bytes(): number {
    const arrays = [this.ordinals, this.codes, this.#starts, this.#counts, this.#classes];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  start(term: number): number {
    return this.#starts[term] as number;
  }

  count(term: number): number {
    return this.#counts[term] as number;
  }

  /** The next term number. */
  addTerm(): void {
    const term = this.#terms++;
    this.#starts = withRoom(this.#starts, term + 1);
    this.#counts = withRoom(this.#counts, term + 1);
    this.#classes = withRoom(this.#classes, term + 1);
    this.#starts[term] = this.#allocate(0);
  }

  append(term: number, ordinal: number, code: number): void {
    const count = this.#counts[term] as number;
    const sizeClass = this.#classes[term] as number;
    if (count === 1 << sizeClass) this.#move(term, sizeClass);
    const place = (this.#starts[term] as number) + count;
    this.ordinals[place] = ordinal;
    this.codes[place] = code;
    this.#counts[term] = count + 1;
  }

  #move(term: number, sizeClass: number): void {
    const from = this.#starts[term] as number;
    const to = this.#allocate(sizeClass + 1);
    const end = from + (1 << sizeClass);
    this.ordinals.copyWithin(to, from, end);
    this.codes.copyWithin(to, from, end);
    this.#free[sizeClass]?.push(from);
    this.#starts[term] = to;
    this.#classes[term] = sizeClass + 1;
  }

  /** A range for 2^sizeClass postings. */
  #allocate(sizeClass: number): number {
    this.#free[sizeClass] ??= [];
    const freed = this.#free[sizeClass].pop();
    if (freed !== undefined) return freed;
    const start = this.#end;
    this.#end += 1 << sizeClass;
    this.ordinals = withRoom(this.ordinals, this.#end);
    this.codes = withRoom(this.codes, this.#end);
    return start;
  }
}

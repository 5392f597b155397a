// Asks a document itself whether it passes a filter, where the secondary indexes alone would have to read too many rows
// to tell: about 3 µs each.

import { matchesFilter } from '../../filtering/match-filter.ts';
import type { Filter } from '../../model/filter.ts';
import type { AttributeReader } from '../../storage/attribute-reader.ts';
import type { LabelBlocks } from './selection-blocks.ts';

export class LabelCheck {
  readonly #reader: AttributeReader;
  readonly #firsts: LabelBlocks;
  readonly #filter: Filter;
  /** The chunks of a document are asked for one after the other, more often than not. */
  #lastFirst = -1;
  #lastAnswer = false;
  #fault: unknown = null;

  constructor(parts: {
    readonly reader: AttributeReader;
    /** The first labels of all documents of the collection. */
    readonly firsts: LabelBlocks;
    readonly filter: Filter;
  }) {
    this.#reader = parts.reader;
    this.#firsts = parts.firsts;
    this.#filter = parts.filter;
  }

  /** Never throws, since it is called from within a native search: what cannot be read does not pass. */
  passes(label: number): boolean {
    const first = this.#firsts.upTo(label);
    if (first === null) return false;
    if (first === this.#lastFirst) return this.#lastAnswer;
    try {
      const facts = this.#reader.facts(first);
      this.#lastAnswer = facts !== undefined && matchesFilter(this.#filter, facts);
    } catch (error) {
      this.#fault ??= error;
      this.#lastAnswer = false;
    }
    this.#lastFirst = first;
    return this.#lastAnswer;
  }

  /** Throws what `passes` met; to be called when the search is over. */
  throwFault(): void {
    if (this.#fault !== null) throw this.#fault;
  }
}

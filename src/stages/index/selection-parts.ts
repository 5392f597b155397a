// The labels that pass each part of a filter, read from the secondary indexes and joined as the filter says.

import { valueKey } from '../../filtering/value-order.ts';
import type { Filter, FilterValue, RangeEnd } from '../../model/filter.ts';
import { kinds } from '../../storage/attribute-keys.ts';
import type { ValueRange } from '../../storage/attribute-ranges.ts';
import type { AttributeReader } from '../../storage/attribute-reader.ts';
import { LabelBlocks } from './selection-blocks.ts';

/** What passes a part of the filter: at most these labels (null: any), and all of them where it is exact. */
export interface Part {
  readonly labels: LabelBlocks | null;
  readonly isExact: boolean;
}

const everything: Part = { labels: null, isExact: true };
const anything: Part = { labels: null, isExact: false };

export class Selector {
  readonly #reader: AttributeReader;
  readonly #collection: number;
  readonly #resolvedMax: number;
  #rangeRowsLeft: number;

  constructor(
    reader: AttributeReader,
    collection: number,
    bounds: { readonly rangeRowsMax: number; readonly resolvedMax: number },
  ) {
    this.#reader = reader;
    this.#collection = collection;
    this.#rangeRowsLeft = bounds.rangeRowsMax;
    this.#resolvedMax = bounds.resolvedMax;
  }

  /**
   * Conditions that must all hold, the cheapest first: once few documents are left, asking them about the others costs
   * less than reading rows. Only for the whole filter: within a `not`, an upper bound would be worth nothing.
   */
  whole(filter: Filter): Part {
    if (filter.type !== 'and') return this.part(filter);
    let joined = everything;
    for (const each of filter.filters.toSorted((a, b) => readingCost(a) - readingCost(b))) {
      if (joined.labels !== null && joined.labels.count <= this.#resolvedMax)
        return { labels: joined.labels, isExact: false };
      joined = both(joined, this.part(each));
    }
    return joined;
  }

  part(filter: Filter): Part {
    switch (filter.type) {
      case 'and':
        return filter.filters.map((each) => this.part(each)).reduce(both, everything);
      case 'or': {
        const nothing: Part = { labels: new LabelBlocks(), isExact: true };
        return filter.filters.map((each) => this.part(each)).reduce(either, nothing);
      }
      case 'not':
        return this.#not(this.part(filter.filter));
      case 'exists':
        return this.#exact((visit) => this.#reader.having(this.#collection, filter.field, visit));
      case 'in':
        return this.#exact((visit) => {
          for (const value of distinct(filter.values))
            this.#reader.equal(this.#collection, filter.field, value, visit);
        });
      case 'range':
        return this.#range(filter.field, filter.lower, filter.upper);
    }
  }

  #exact(read: (visit: (block: number, row: Uint8Array) => void) => void): Part {
    return { labels: collect(read), isExact: true };
  }

  #not({ labels, isExact }: Part): Part {
    // What an upper bound leaves out passes the opposite, and of the bound itself any label might.
    if (!isExact) return anything;
    if (labels === null) return { labels: new LabelBlocks(), isExact: true };
    const all = collect((visit) => this.#reader.all(this.#collection, visit));
    return { labels: all.andNot(labels), isExact: true };
  }

  #range(field: string, lower: RangeEnd | null, upper: RangeEnd | null): Part {
    const range = rangeOf(lower, upper);
    if (range === null) return { labels: new LabelBlocks(), isExact: true };
    const labels = new LabelBlocks();
    const visit = (block: number, row: Uint8Array) => labels.addRow(block, row);
    const rows = this.#reader.within(this.#collection, field, range, this.#rangeRowsLeft, visit);
    if (rows !== null) {
      this.#rangeRowsLeft -= rows;
      return { labels, isExact: true };
    }
    // Whatever else the filter asks, its ranges have had their share.
    this.#rangeRowsLeft = 0;
    return { ...this.#exact((each) => this.#reader.having(this.#collection, field, each)), isExact: false };
  }
}

/** By order of magnitude: rows of a value, of several, of many. */
function readingCost(filter: Filter): number {
  if (filter.type === 'exists' || (filter.type === 'in' && filter.values.length <= 16)) return 0;
  return filter.type === 'range' ? 2 : 1;
}

function both(a: Part, b: Part): Part {
  const isExact = a.isExact && b.isExact;
  if (a.labels === null || b.labels === null) return { labels: a.labels ?? b.labels, isExact };
  return { labels: a.labels.and(b.labels), isExact };
}

function either(a: Part, b: Part): Part {
  if ((a.labels === null && a.isExact) || (b.labels === null && b.isExact)) return everything;
  if (a.labels === null || b.labels === null) return anything;
  return { labels: a.labels.or(b.labels), isExact: a.isExact && b.isExact };
}

export function collect(read: (visit: (block: number, row: Uint8Array) => void) => void): LabelBlocks {
  const labels = new LabelBlocks();
  read((block, row) => labels.addRow(block, row));
  return labels;
}

/** Null: no value lies in it. */
function rangeOf(lower: RangeEnd | null, upper: RangeEnd | null): ValueRange | null {
  const sample = lower ?? upper;
  if (sample === null) return null;
  if (lower !== null && upper !== null && typeof lower.value !== typeof upper.value) return null;
  const kind = typeof sample.value === 'object' ? kinds.time : kinds.number;
  return {
    kind,
    lower: endOf(lower, Number.NEGATIVE_INFINITY),
    upper: endOf(upper, Number.POSITIVE_INFINITY),
  };
}

function endOf(end: RangeEnd | null, open: number): ValueRange['lower'] {
  if (end === null) return { number: open, isInclusive: true };
  const number = typeof end.value === 'object' ? end.value.timeMs : end.value;
  return { number, isInclusive: end.isInclusive };
}

/** A value named twice is read once. */
function distinct(values: readonly FilterValue[]): Iterable<FilterValue> {
  return new Map(values.map((value) => [valueKey(value), value])).values();
}

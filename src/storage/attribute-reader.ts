// Reads the secondary indexes: rows of labels by field and value, and a document's facts by its first label. Reading a
// row takes about half a microsecond, one after the other on disk.

import type { FilterableDocument } from '../filtering/match-filter.ts';
import type { FilterValue } from '../model/filter.ts';
import { filterable } from './attribute-facts.ts';
import {
  behind,
  blockBytes,
  blockOfKey,
  collectionPrefix,
  families,
  fieldPrefix,
  valueBytes,
  valueOfKey,
} from './attribute-keys.ts';
import { rangeParts, type ValueRange } from './attribute-ranges.ts';
import type { ShardDatabases } from './shard-databases.ts';

/** Called with each row: which block, and its labels (attribute-row.ts). Keeps nothing of it. */
export type RowVisit = (block: number, row: Uint8Array) => void;

/** A value as the index knows it. */
export interface IndexedValue {
  readonly bytes: Uint8Array;
  /** Null: a long text, known by its hash only. */
  readonly value: FilterValue | null;
}

export interface ValueWalk {
  readonly rowsMax: number;
  readonly visit: (value: IndexedValue, block: number, row: Uint8Array) => void;
  /** Called every 2,048 rows, about a millisecond. */
  readonly giveWay: () => void;
}

const rowsPerUnit = 2_048;

export class AttributeReader {
  readonly #databases: Pick<ShardDatabases, 'attributes' | 'labelFacts'>;

  constructor(databases: Pick<ShardDatabases, 'attributes' | 'labelFacts'>) {
    this.#databases = databases;
  }

  /** All labels of the collection. */
  all(collection: number, visit: RowVisit): void {
    this.#scanPrefix(collectionPrefix(collection, families.all), visit);
  }

  /** The first label of each document. */
  firsts(collection: number, visit: RowVisit): void {
    this.#scanPrefix(collectionPrefix(collection, families.firsts), visit);
  }

  /** Labels of documents that have the field. */
  having(collection: number, field: string, visit: RowVisit): void {
    this.#scanPrefix(fieldPrefix(collection, families.exists, field), visit);
  }

  hasField(collection: number, field: string): boolean {
    const prefix = fieldPrefix(collection, families.exists, field);
    return this.#databases.attributes.getKeysCount({ start: prefix, end: behind(prefix), limit: 1 }) > 0;
  }

  /** Labels of documents with the value. */
  equal(collection: number, field: string, value: FilterValue, visit: RowVisit): void {
    const prefix = fieldPrefix(collection, families.values, field);
    this.#scanPrefix(Buffer.concat([prefix, valueBytes(value)]), visit);
  }

  /**
   * Labels of documents with a value in the range; at most `rowsMax` rows. Returns how many rows it read, or null where
   * there are more: then what was visited is a part only.
   */
  within(
    collection: number,
    field: string,
    range: ValueRange,
    rowsMax: number,
    visit: RowVisit,
  ): number | null {
    let rows = 0;
    for (const { start, end } of rangeParts(collection, field, range)) {
      rows += this.#scan(start, end, rowsMax - rows + 1, visit);
      if (rows > rowsMax) return null;
    }
    return rows;
  }

  /**
   * All values of a field with their rows, a value's rows one after the other; at most `rowsMax` rows. False: there are
   * more.
   */
  values(collection: number, field: string, { rowsMax, visit, giveWay }: ValueWalk): boolean {
    const prefix = fieldPrefix(collection, families.values, field);
    const end = behind(prefix);
    let start: Uint8Array = prefix;
    let current: IndexedValue | null = null;
    for (let rows = 0; ; ) {
      const limit = Math.min(rowsPerUnit, rowsMax - rows + 1);
      const page = { start, end, exclusiveStart: rows > 0, limit };
      let read = 0;
      for (const { key, value } of this.#databases.attributes.getRange(page)) {
        read++;
        if (rows + read > rowsMax) return false;
        start = key;
        const bytes = key.subarray(prefix.length, key.length - blockBytes);
        if (current === null || Buffer.compare(current.bytes, bytes) !== 0)
          current = { bytes, value: valueOfKey(key, prefix.length) };
        visit(current, blockOfKey(key), value);
      }
      if (read < limit) return true;
      rows += read;
      giveWay();
    }
  }

  /** What filters ask about, of the document whose first label this is; undefined: there is none. About 3 µs. */
  facts(firstLabel: number): FilterableDocument | undefined {
    const row = this.#databases.labelFacts.get(firstLabel);
    return row === undefined ? undefined : filterable(row);
  }

  #scanPrefix(prefix: Buffer, visit: RowVisit): void {
    this.#scan(prefix, behind(prefix), Number.POSITIVE_INFINITY, visit);
  }

  #scan(start: Buffer, end: Buffer, limit: number, visit: RowVisit): number {
    const bound = limit === Number.POSITIVE_INFINITY ? {} : { limit };
    let rows = 0;
    for (const { key, value } of this.#databases.attributes.getRange({ start, end, ...bound })) {
      visit(blockOfKey(key), value);
      rows++;
    }
    return rows;
  }
}

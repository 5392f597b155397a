// The sets of labels that a document belongs to by its fields and values, while a transaction gathers what becomes of them.
// Each set is made once a transaction, however many documents are in it.

import type { FilterValue } from '../model/filter.ts';
import { fieldsOf } from './attribute-facts.ts';
import {
  blockBytes,
  cellBits,
  cellOf,
  cellRowKey,
  collectionPrefix,
  families,
  fieldPrefix,
  kinds,
  valueRowKey,
} from './attribute-keys.ts';
import type { DocumentRecord, LabelRange } from './document-record.ts';

/** Labels that come into a set or leave it. A document's sets share one. */
export interface LabelStep {
  readonly labels: LabelRange;
  readonly isAdded: boolean;
}

/** One set of labels, and what becomes of it in this transaction. */
export interface LabelSetChange {
  /** The rows' keys but for the block, and room for it. */
  readonly key: Buffer;
  /** In order: a label may go and come back when only attributes change. */
  readonly steps: LabelStep[];
}

/** The sets of one field. By kind, since 1, the time 1 and the text "1" are three values. */
interface FieldSets {
  readonly exists: LabelSetChange;
  /** What the keys of its values, and of its cells, begin with. */
  readonly valuesPrefix: Buffer;
  readonly cellsPrefix: Buffer;
  /** A value's own set, then those of its cells. */
  readonly texts: Map<string, readonly LabelSetChange[]>;
  readonly numbers: Map<number, readonly LabelSetChange[]>;
  readonly times: Map<number, readonly LabelSetChange[]>;
  readonly booleans: Map<boolean, readonly LabelSetChange[]>;
  readonly cells: Map<number, LabelSetChange>;
}

export interface CollectionSets {
  readonly number: number;
  readonly all: LabelSetChange;
  readonly firsts: LabelSetChange;
  readonly fields: Map<string, FieldSets>;
}

export function setsOfCollection(number: number): CollectionSets {
  return {
    number,
    all: change(collectionPrefix(number, families.all)),
    firsts: change(collectionPrefix(number, families.firsts)),
    fields: new Map(),
  };
}

/** Those that a document is in because of its fields; one may come twice, of a list that holds a text twice. */
export function membershipsOf(sets: CollectionSets, record: DocumentRecord): LabelSetChange[] {
  const members: LabelSetChange[] = [];
  for (const [name, value] of fieldsOf(record)) {
    const field = known(sets.fields, name, () => setsOfField(sets.number, name));
    members.push(field.exists);
    const values = Array.isArray(value) ? (value as readonly string[]) : [value as FilterValue];
    for (const each of values) members.push(...valueSets(field, each));
  }
  return members;
}

function setsOfField(collection: number, name: string): FieldSets {
  return {
    valuesPrefix: fieldPrefix(collection, families.values, name),
    cellsPrefix: fieldPrefix(collection, families.cells, name),
    exists: change(fieldPrefix(collection, families.exists, name)),
    texts: new Map(),
    numbers: new Map(),
    times: new Map(),
    booleans: new Map(),
    cells: new Map(),
  };
}

function valueSets(field: FieldSets, value: FilterValue): readonly LabelSetChange[] {
  switch (typeof value) {
    case 'string':
      return known(field.texts, value, () => [valueSet(field, value)]);
    case 'boolean':
      return known(field.booleans, value, () => [valueSet(field, value)]);
    case 'number':
      return known(field.numbers, value, () => withCells(field, kinds.number, valueSet(field, value)));
    default:
      return known(field.times, value.timeMs, () => withCells(field, kinds.time, valueSet(field, value)));
  }
}

function valueSet(field: FieldSets, value: FilterValue): LabelSetChange {
  return { key: valueRowKey(field.valuesPrefix, value), steps: [] };
}

/** A number's set, and those of the cells around it. */
function withCells(
  field: FieldSets,
  kind: typeof kinds.number | typeof kinds.time,
  own: LabelSetChange,
): LabelSetChange[] {
  const sets = [own];
  for (const bits of cellBits[kind]) {
    const cell = cellOf(own.key, bits, field.valuesPrefix.length + 1);
    const place = (kind * 64 + bits) * 2 ** 32 + cell;
    sets.push(
      known(field.cells, place, () => ({
        key: cellRowKey(field.cellsPrefix, { kind, bits, cell }),
        steps: [],
      })),
    );
  }
  return sets;
}

export function known<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

/** The set of all that has the prefix itself. */
function change(prefix: Buffer): LabelSetChange {
  const key = Buffer.allocUnsafe(prefix.length + blockBytes);
  key.set(prefix);
  return { key, steps: [] };
}

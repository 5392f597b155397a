// How many of the documents that pass have each value of a field. Exact: by the rows of the field's values, each met with
// the passing documents; or by asking the documents, where they are few or the values are very many.

import { KmsError } from '../../base/errors.ts';
import { type FilterableDocument, fieldValue } from '../../filtering/match-filter.ts';
import { facetValuesMax } from '../../filtering/merge-facets.ts';
import { type FacetCount, topCounts } from '../../filtering/top-counts.ts';
import { valueKey } from '../../filtering/value-order.ts';
import type { Facet, FilterValue } from '../../model/filter.ts';
import { valueBytes } from '../../storage/attribute-keys.ts';
import type { AttributeReader, IndexedValue } from '../../storage/attribute-reader.ts';
import type { Selection } from './label-selection.ts';
import { LabelBlocks } from './selection-blocks.ts';

export interface FacetBounds {
  /** Up to so many documents are asked themselves, at about 3 µs each: quicker than reading all values. */
  readonly askedFirstMax: number;
  /** Rows of values that are read before giving up on them: about 30 ms, in units of one. */
  readonly rowsMax: number;
  /** And then up to so many documents are asked: about 150 ms, in units of one. */
  readonly askedMax: number;
  /** Memory for the distinct values of documents that are asked: each may have 256 texts of 8 KiB of its own. */
  readonly valueBytesMax: number;
}

export const facetBounds: FacetBounds = {
  askedFirstMax: 1_024,
  rowsMax: 65_536,
  askedMax: 50_000,
  valueBytesMax: 64 * 1024 * 1024,
};

/** Documents asked between two polls: a millisecond. */
const askUnit = 256;
/** Or so many values of theirs: a document may have 16,384. */
const valuesUnit = 2_048;
/** An entry of the map, its key and its count, beside the characters of key and value. */
const valueEntryBytes = 128;

export interface FacetQuestion {
  readonly reader: AttributeReader;
  /** The shard's number of the collection. */
  readonly collection: number;
  readonly field: string;
  readonly selection: Pick<Selection, 'labels' | 'isExact' | 'firsts' | 'passes'>;
  readonly giveWay: () => void;
}

/**
 * All values that a passing document has, at most `facetValuesMax` of them, the most frequent ones; cutting to what was
 * asked is for the end, when collections and shards are added up. Throws `invalid_argument` where the field has too many
 * values, and too many documents pass or their values are too long.
 */
export function countValues(question: FacetQuestion, bounds: FacetBounds = facetBounds): Facet {
  const documents = passingDocuments(question);
  const documentCount = documents.count;
  const isFew = documentCount <= bounds.askedFirstMax;
  const read = isFew ? null : readValues(question, documents, bounds.rowsMax);
  if (read !== null) return facetOf(question, read, read.length);
  const isAsked = isFew || documentCount <= bounds.askedMax;
  const asked = isAsked ? askDocuments(question, documents, bounds.valueBytesMax) : null;
  if (asked !== null) return facetOf(question, asked.values(), asked.size);
  throw tooManyValues(question.field, documentCount, bounds.askedMax);
}

function tooManyValues(field: string, documents: number, documentsMax: number): KmsError {
  const advice =
    documents > documentsMax ? `narrow the filter to at most ${documentsMax}` : 'narrow the filter';
  const description = `has too many values to count among ${documents} documents: ${advice}`;
  return new KmsError('invalid_argument', `facet of ${JSON.stringify(field)}: ${description}`, {
    violations: [{ field: 'facets', description }],
    facts: { documents, documentsMax },
  });
}

function facetOf({ field, giveWay }: FacetQuestion, counts: Iterable<FacetCount>, valueCount: number): Facet {
  return { field, values: topCounts(counts, facetValuesMax, giveWay), valueCount };
}

/** The first labels of the documents that pass. */
function passingDocuments({ selection, giveWay }: FacetQuestion): LabelBlocks {
  const { labels, isExact, firsts } = selection;
  const candidates = labels === null ? firsts : labels.and(firsts);
  if (isExact) return candidates;
  const passing = new LabelBlocks();
  let asked = 0;
  for (const label of candidates.labels()) {
    if (selection.passes(label)) passing.add(label);
    asked++;
    if (asked % askUnit === 0) giveWay();
  }
  return passing;
}

/** Null: the field has more rows than that. */
function readValues(question: FacetQuestion, documents: LabelBlocks, rowsMax: number): FacetCount[] | null {
  const { reader, collection, field, giveWay } = question;
  const counts: FacetCount[] = [];
  let current: IndexedValue | null = null;
  let value: FilterValue | null = null;
  let sum = 0;
  const finishValue = () => {
    if (value !== null && sum > 0) counts.push({ value, documents: sum });
  };
  const visit = (next: IndexedValue, block: number, row: Uint8Array) => {
    if (next !== current) {
      finishValue();
      current = next;
      value = next.value;
      sum = 0;
    }
    const count = documents.countRow(block, row);
    if (count > 0) value ??= longText(question, next, { documents, block, row });
    sum += count;
  };
  if (!reader.values(collection, field, { rowsMax, visit, giveWay })) return null;
  finishValue();
  return counts;
}

/** The text that a row's key has a hash of, from one of the documents that hold it. */
function longText(
  { reader, field }: FacetQuestion,
  { bytes }: IndexedValue,
  found: { readonly documents: LabelBlocks; readonly block: number; readonly row: Uint8Array },
): FilterValue | null {
  const labels = new LabelBlocks();
  labels.addRow(found.block, found.row);
  for (const label of labels.and(found.documents).labels()) {
    const document = reader.facts(label);
    if (document === undefined) continue;
    for (const value of valuesOf(document, field))
      if (Buffer.compare(valueBytes(value), bytes) === 0) return value;
  }
  return null;
}

/** Null: their distinct values take more than `bytesMax`. */
function askDocuments(
  { reader, field, giveWay }: FacetQuestion,
  documents: LabelBlocks,
  bytesMax: number,
): Map<string, FacetCount> | null {
  const counts = new Map<string, { value: FilterValue; documents: number }>();
  let bytes = 0;
  let work = 0;
  for (const label of documents.labels()) {
    const document = reader.facts(label);
    for (const value of document === undefined ? [] : valuesOf(document, field)) {
      const key = valueKey(value);
      const known = counts.get(key);
      if (known !== undefined) {
        known.documents++;
        continue;
      }
      bytes += valueEntryBytes + 2 * key.length;
      if (bytes > bytesMax) return null;
      counts.set(key, { value, documents: 1 });
    }
    work += Math.max(valuesUnit / askUnit, document === undefined ? 0 : countTexts(document));
    if (work < valuesUnit) continue;
    work = 0;
    giveWay();
  }
  return counts;
}

/** All of a document's values are read, whichever of its fields is asked for. */
function countTexts({ attributes }: FilterableDocument): number {
  let count = 0;
  for (const value of Object.values(attributes)) count += Array.isArray(value) ? value.length : 1;
  return count;
}

/** Each once: a list may hold a text twice. */
function valuesOf(document: FilterableDocument, field: string): readonly FilterValue[] {
  const value = fieldValue(document, field);
  if (value === undefined) return [];
  if (Array.isArray(value)) return [...new Set(value as readonly string[])];
  return [value as FilterValue];
}

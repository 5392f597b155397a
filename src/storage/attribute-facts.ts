// What a document can be filtered by: its attributes, and a few facts about itself under names of their own.

import type { FilterableDocument } from '../filtering/match-filter.ts';
import type { AttributeValue, MediaType } from '../model/document.ts';
import { builtInFields } from '../model/filter.ts';
import type { DocumentRecord } from './document-record.ts';

/** A document's row beside the indexes: all that a filter needs, without the texts. Under its first label. */
export type FactsRow = readonly [
  updateTimeMs: number | null,
  commitTimeMs: number,
  mediaType: MediaType,
  attributes: DocumentRecord['attributes'],
];

export function factsRow(record: DocumentRecord): FactsRow {
  return [record.updateTimeMs, record.commitTimeMs, record.mediaType, record.attributes];
}

export function filterable([
  updateTimeMs,
  commitTimeMs,
  mediaType,
  attributes,
]: FactsRow): FilterableDocument {
  return { updateTimeMs, commitTimeMs, mediaType, attributes: Object.fromEntries(attributes) };
}

/** Every field that the document has, built-in ones included; as `fieldValue` would tell it. */
export function fieldsOf(record: DocumentRecord): (readonly [string, AttributeValue])[] {
  const fields: (readonly [string, AttributeValue])[] = record.attributes.filter(
    ([name]) => !isBuiltIn(name),
  );
  if (record.updateTimeMs !== null) fields.push(['$update_time', { timeMs: record.updateTimeMs }]);
  fields.push(['$commit_time', { timeMs: record.commitTimeMs }], ['$media_type', record.mediaType]);
  return fields;
}

function isBuiltIn(name: string): boolean {
  return name.startsWith('$') && (builtInFields as readonly string[]).includes(name);
}

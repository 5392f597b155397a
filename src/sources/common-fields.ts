// Fields of the sources file that mean the same for several types of source.

import { mediaTypes } from '../model/document.ts';
import { collectionNamePattern, defaultCollection } from '../model/limits.ts';
import type { FixedOrColumn } from './source-spec.ts';
import type { SpecFields } from './spec-fields.ts';

/** Milliseconds between two syncs; `never` for none. */
export function readEvery(fields: SpecFields, initialMs: number | null): number | null {
  const every = fields.duration('every', { minMs: 1_000, maxMs: 30 * 86_400_000, words: ['never'] });
  if (every === 'never') return null;
  return typeof every === 'number' ? every : initialMs;
}

/** One for all documents. */
export function readFixedCollection(fields: SpecFields): string {
  const collection = fields.optionalText('collection') ?? defaultCollection;
  checkCollection(collection, fields);
  return collection;
}

export function readCollection(fields: SpecFields): FixedOrColumn {
  const choice = readFixedOrColumn('collection', defaultCollection, fields);
  if (choice.type === 'fixed') checkCollection(choice.value, fields);
  return choice;
}

export function readMediaType(fields: SpecFields): FixedOrColumn {
  const choice = readFixedOrColumn('mediaType', 'text/plain', fields);
  if (choice.type === 'fixed' && !mediaTypes.some((known) => known === choice.value))
    fields.reject('mediaType', `must be one of ${mediaTypes.join(', ')}, or {column: NAME}`);
  return choice;
}

/** `collection: cases`, or `collection: {column: product}`. */
function readFixedOrColumn(name: string, initial: string, fields: SpecFields): FixedOrColumn {
  const value = fields.raw(name) ?? initial;
  if (typeof value === 'string' && value !== '') return { type: 'fixed', value };
  const { column, ...rest } = (typeof value === 'object' ? value : {}) as { readonly column?: unknown };
  if (typeof column === 'string' && column !== '' && Object.keys(rest).length === 0)
    return { type: 'column', column };
  fields.reject(name, 'must be a text, or {column: NAME} for one that differs from row to row');
  return { type: 'fixed', value: initial };
}

function checkCollection(collection: string, fields: SpecFields): void {
  if (!collectionNamePattern.test(collection)) {
    fields.reject(
      'collection',
      'must be 1 to 64 lower-case letters, digits, "_", "-" and ".", starting with a letter or digit',
    );
  }
}

// What a batch comes to: of several changes of one document only the last one counts, so that its upserts and deletes
// can be done together without any order among them.

import type { Document, DocumentKey } from '../../model/document.ts';
import type { SourceChange } from '../../sources/sync-source.ts';

export interface EffectiveChanges {
  readonly upserts: readonly Document[];
  readonly deletes: readonly DocumentKey[];
  readonly rejected: readonly Extract<SourceChange, { type: 'rejected' }>[];
  /** Changes that a later one of the same batch made void. */
  readonly superseded: number;
}

export function effectiveChanges(changes: readonly SourceChange[]): EffectiveChanges {
  const upserts: Document[] = [];
  const deletes: DocumentKey[] = [];
  const rejected: Extract<SourceChange, { type: 'rejected' }>[] = [];
  const later = new Set<string>();
  for (const change of [...changes].reverse()) {
    const key = change.type === 'upsert' ? change.document : change.key;
    const name = `${key.collection}\0${key.id}`;
    // Rows without an id are not each other's later versions.
    if (later.has(name) && key.id !== '') continue;
    if (change.type === 'upsert') upserts.push(change.document);
    else if (change.type === 'delete') deletes.push(change.key);
    else rejected.push(change);
    // A row that cannot be read leaves the version before it in the index.
    if (change.type !== 'rejected') later.add(name);
  }
  const kept = upserts.length + deletes.length + rejected.length;
  return {
    upserts: upserts.reverse(),
    deletes: deletes.reverse(),
    rejected: rejected.reverse(),
    superseded: changes.length - kept,
  };
}

// Documents of one collection page by page, in order of the id's UTF-8 bytes, all or those that pass a filter: by
// their ids where few pass, and otherwise by looking at one after the other, so many a page.

import type { StoredDocument } from '../../model/document.ts';
import type { Filter } from '../../model/filter.ts';
import { type DocumentRecord, toStoredDocument } from '../../storage/document-record.ts';
import { type Selection, selectLabels } from './label-selection.ts';
import type { ShardState } from './shard-state.ts';

export interface Page {
  readonly collection: string;
  readonly afterId: string | null;
  readonly limit: number;
  readonly omitBody: boolean;
  readonly filter: Filter | null;
}

interface Row {
  readonly id: string;
  readonly record: DocumentRecord;
}

/** Up to so many passing documents are sorted by id, 2 µs each; where more pass, a page is soon full in their order. */
const sortedMax = 4_096;
/** Records read between two looks at who else waits: 15 µs each. */
const rowsPerUnit = 32;
/** Records read for one page: 60 ms. Where few of them pass, the page ends before it is full. */
const rowsMax = 4_096;

/** `lastId`: all ids up to there were looked at; null: there are no more. */
export function listDocuments(
  state: ShardState,
  page: Page,
  giveWay: () => void,
): { readonly documents: StoredDocument[]; readonly lastId: string | null } {
  const { collection, omitBody } = page;
  const { rows, lastId } = rowsOf(state, page, giveWay);
  const documents = rows.map(({ id, record }) =>
    toStoredDocument({ collection, id }, omitBody ? { ...record, body: '' } : record, null),
  );
  return { documents, lastId };
}

interface Rows {
  readonly rows: readonly Row[];
  readonly lastId: string | null;
}

function rowsOf(state: ShardState, page: Page, giveWay: () => void): Rows {
  const { collection, afterId, limit, filter } = page;
  if (filter === null) {
    const rows = state.store.documents(collection, afterId, limit);
    return { rows, lastId: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
  }
  const row = state.store.collection(collection);
  if (row === undefined) return { rows: [], lastId: null };
  const selection = selectLabels(state.store.attributes, row.number, filter);
  const rows =
    selection.isExact && selection.labels !== null && selection.documents <= sortedMax
      ? sortedRows(state, row.number, { page, selection })
      : scannedRows(state, { page, selection, giveWay });
  selection.throwFault();
  return rows;
}

function sortedRows(
  state: ShardState,
  collection: number,
  { page, selection }: { readonly page: Page; readonly selection: Selection },
): Rows {
  const { store } = state;
  const after = page.afterId === null ? null : Buffer.from(page.afterId);
  const ids: { readonly id: string; readonly bytes: Buffer }[] = [];
  for (const label of selection.labels?.and(selection.firsts).labels() ?? []) {
    const id = store.label(collection, label)?.[0];
    if (id === undefined) continue;
    const bytes = Buffer.from(id);
    if (after === null || Buffer.compare(bytes, after) > 0) ids.push({ id, bytes });
  }
  ids.sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const shown = ids.slice(0, page.limit);
  const rows = shown.flatMap(({ id }) => {
    const record = store.document({ collection: page.collection, id });
    return record === undefined ? [] : [{ id, record }];
  });
  return { rows, lastId: shown.length < ids.length ? (shown.at(-1)?.id ?? null) : null };
}

function scannedRows(
  state: ShardState,
  request: { readonly page: Page; readonly selection: Selection; readonly giveWay: () => void },
): Rows {
  const { collection, limit } = request.page;
  const found: Row[] = [];
  let { afterId } = request.page;
  for (let looked = 0; looked < rowsMax; looked += rowsPerUnit) {
    const rows = state.store.documents(collection, afterId, rowsPerUnit);
    for (const row of rows) {
      if (!request.selection.passes(row.record.labels.first)) continue;
      found.push(row);
      if (found.length === limit) return { rows: found, lastId: row.id };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerUnit) return { rows: found, lastId: null };
    afterId = last.id;
    request.giveWay();
  }
  return { rows: found, lastId: afterId };
}

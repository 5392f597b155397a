// The first half of a merge: which document gets which ordinal in the new segment.

import { weighFields } from './bm25.ts';
import type { DocumentColumns, PostingSource } from './posting-source.ts';
import type { WorkUnit } from './work-unit.ts';

export interface MergeNumbering {
  readonly documents: number;
  /** Of these documents. */
  readonly postings: number;
  readonly columns: DocumentColumns;
  readonly weightedLengths: Float64Array;
  /** Index-aligned with the sources: the new ordinal by the old one; `removedOrdinal` for a removed document. */
  readonly newOrdinals: readonly Uint16Array[];
  /** Whether the documents of each source follow those of the one before, in their old order. */
  readonly isConcatenation: boolean;
}

export const removedOrdinal = 65_535;

const documentsPerPiece = 256;

/** Numbers the live documents of all sources by their labels; yields between units of work. */
export function* numberDocuments(
  sources: readonly PostingSource[],
  unit: WorkUnit,
): Generator<void, MergeNumbering> {
  /** Place of the source and old ordinal in one number. */
  const rows: number[] = [];
  const newOrdinals = sources.map(({ documents }) => new Uint16Array(documents).fill(removedOrdinal));
  const orders: (Uint16Array | null)[] = [];
  for (const source of sources) orders.push(yield* orderByLabel(source, unit));
  const heads = sources.map(() => 0);
  const operationsPerPiece = documentsPerPiece * (sources.length + 4);
  let isConcatenation = orders.every((order) => order === null);
  let last = 0;
  for (let isMore = true; isMore; ) {
    if (!unit.hasRoomFor(operationsPerPiece)) yield;
    unit.spend(operationsPerPiece);
    for (let i = 0; i < documentsPerPiece && isMore; i++) {
      const next = sourceOfLeastLabel(sources, orders, heads);
      isMore = next >= 0;
      if (!isMore) break;
      const place = heads[next] as number;
      heads[next] = place + 1;
      const ordinal = orders[next]?.[place] ?? place;
      const source = sources[next] as PostingSource;
      if (source.isRemoved(ordinal)) continue;
      if (next < last) isConcatenation = false;
      last = next;
      (newOrdinals[next] as Uint16Array)[ordinal] = rows.length;
      rows.push(next * 65_536 + ordinal);
    }
  }
  return { ...(yield* columnsOf(sources, rows, unit)), newOrdinals, isConcatenation };
}

/** Null: they are in this order already. Only a memtable may not be, so this is sorted in one go. */
function* orderByLabel(
  { documents, columns }: PostingSource,
  unit: WorkUnit,
): Generator<void, Uint16Array | null> {
  let isAscending = true;
  for (let i = 1; i < documents && isAscending; i++) {
    isAscending = (columns.labels[i - 1] as number) < (columns.labels[i] as number);
  }
  if (isAscending) return null;
  // About what so many copied postings cost; a memtable's limit keeps it within one unit.
  yield;
  unit.spend(documents * 4);
  const keys = new Float64Array(documents);
  for (let i = 0; i < documents; i++) keys[i] = (columns.labels[i] as number) * 65_536 + i;
  return Uint16Array.from(keys.sort(), (key) => key % 65_536);
}

function sourceOfLeastLabel(
  sources: readonly PostingSource[],
  orders: readonly (Uint16Array | null)[],
  heads: readonly number[],
): number {
  let least = -1;
  let leastLabel = Number.POSITIVE_INFINITY;
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i] as PostingSource;
    const place = heads[i] as number;
    if (place >= source.documents) continue;
    const label = source.columns.labels[orders[i]?.[place] ?? place] as number;
    if (label >= leastLabel) continue;
    least = i;
    leastLabel = label;
  }
  return least;
}

function* columnsOf(sources: readonly PostingSource[], rows: readonly number[], unit: WorkUnit) {
  const documents = rows.length;
  const labels = new Uint32Array(documents);
  const labelCounts = new Uint32Array(documents);
  const titleLengths = new Uint32Array(documents);
  const bodyLengths = new Uint32Array(documents);
  const termCounts = new Uint32Array(documents);
  const weightedLengths = new Float64Array(documents);
  let postings = 0;
  for (let i = 0; i < documents; i++) {
    if (i % documentsPerPiece === 0) {
      if (!unit.hasRoomFor(documentsPerPiece * 4)) yield;
      unit.spend(documentsPerPiece * 4);
    }
    const row = rows[i] as number;
    const ordinal = row % 65_536;
    const { columns } = sources[Math.floor(row / 65_536)] as PostingSource;
    const title = columns.titleLengths[ordinal] as number;
    const body = columns.bodyLengths[ordinal] as number;
    const termCount = columns.termCounts[ordinal] as number;
    labels[i] = columns.labels[ordinal] as number;
    labelCounts[i] = columns.labelCounts[ordinal] as number;
    titleLengths[i] = title;
    bodyLengths[i] = body;
    termCounts[i] = termCount;
    weightedLengths[i] = weighFields({ title, body });
    postings += termCount;
  }
  const columns: DocumentColumns = { labels, labelCounts, titleLengths, bodyLengths, termCounts };
  return { documents, postings, columns, weightedLengths };
}

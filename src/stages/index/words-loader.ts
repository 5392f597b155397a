// From the store to lexical indexes that can be searched. Segments are taken in from their files, less the documents
// that have gone since; then the labels that live are compared with those that the index has, and what it lacks is
// analysed again. That is all the log could tell, and needs no part of it: a collection whose words were never saved, or
// whose files are torn, or made by another analysis, is caught up in the same way and only takes longer.

import { analyzeDocument } from '../../lexical/analyze-text.ts';
import { analyzerVersion } from '../../lexical/analyzer-version.ts';
import type { LexicalIndex } from '../../lexical/lexical-index.ts';
import { loadSegmentFile, type SegmentRow } from '../../lexical/segment-file.ts';
import { segmentFormatVersion } from '../../lexical/segment-layout.ts';
import { type CollectionRow, type DocumentRecord, titleLengthOf } from '../../storage/document-record.ts';
import type { LabelBlocks } from './selection-blocks.ts';
import type { ShardState } from './shard-state.ts';

export interface WordsProgress {
  changesDone: number;
  changesTotal: number;
}

/** Documents analysed between two visits to the event loop: some 10 ms. */
const documentsPerTurn = 64;
/** Units of sealing and merging in each of them, so that memory holds no more than it would while serving. */
const stepsPerTurn = 8;
const labelsPerTurn = 4_096;

export async function loadWords(
  state: ShardState,
  row: CollectionRow,
  progress: WordsProgress,
): Promise<void> {
  const firsts = state.firstLabels(row.number);
  await adoptSegments(state, row, firsts);
  await addMissing(state, row, firsts, progress);
  const found = state.wordsOf(row).lexical.documents;
  if (found !== row.documents) {
    // The index itself is wrong. It can be replaced; the store cannot.
    const facts = { collection: row.name, found, stored: row.documents };
    state.context.log.warn(facts, 'lexical index does not fit the store: rebuilding it');
    state.words.delete(row.name);
    await forget(state, row, state.store.segments(row.number));
    await addMissing(state, row, firsts, progress);
  }
  state.activateWords(state.wordsOf(row));
}

async function adoptSegments(state: ShardState, row: CollectionRow, firsts: LabelBlocks): Promise<void> {
  const { store, context } = state;
  const { lexical } = state.wordsOf(row);
  const unusable: SegmentRow[] = [];
  for (const segmentRow of store.segments(row.number)) {
    if (segmentRow.analyzerVersion !== analyzerVersion || segmentRow.formatVersion !== segmentFormatVersion) {
      context.log.info(
        { collection: row.name },
        'lexical segment was made by another analysis: rebuilding it',
      );
      unusable.push(segmentRow);
      continue;
    }
    try {
      const options = { progress: () => context.progress() };
      const segment = await loadSegmentFile(store.segmentFolder, segmentRow, options);
      lexical.adopt(segmentRow.id, segment, (label) => firsts.has(label));
    } catch (error) {
      const facts = { collection: row.name, error: String(error), cause: String((error as Error).cause) };
      context.log.warn(facts, 'lexical segment cannot be used: rebuilding it');
      unusable.push(segmentRow);
    }
    await state.turn();
  }
  await forget(state, row, unusable);
}

/** Their files go with those that no row names. */
async function forget(state: ShardState, row: CollectionRow, segments: readonly SegmentRow[]): Promise<void> {
  if (segments.length === 0) return;
  await state.store.write((writer) => {
    for (const { id } of segments) writer.removeSegment(row.number, id);
  });
}

async function addMissing(
  state: ShardState,
  row: CollectionRow,
  firsts: LabelBlocks,
  progress: WordsProgress,
): Promise<void> {
  const { lexical } = state.wordsOf(row);
  const missing = await missingIn(state, lexical, firsts);
  progress.changesTotal += missing.length;
  for (const [i, label] of missing.entries()) {
    const id = state.store.label(row.number, label)?.[0];
    const record = id === undefined ? undefined : state.store.document({ collection: row.name, id });
    if (record?.labels.first === label) add(lexical, record, () => state.context.progress());
    progress.changesDone++;
    if (i % documentsPerTurn !== documentsPerTurn - 1) continue;
    for (let step = 0; step < stepsPerTurn && lexical.hasWork; step++) lexical.step();
    await state.turn();
  }
}

async function missingIn(state: ShardState, lexical: LexicalIndex, firsts: LabelBlocks): Promise<number[]> {
  const missing: number[] = [];
  let looked = 0;
  for (const label of firsts.labels()) {
    if (!lexical.has(label)) missing.push(label);
    looked++;
    if (looked % labelsPerTurn === 0) await state.turn();
  }
  return missing;
}

function add(lexical: LexicalIndex, record: DocumentRecord, onUnit: () => void): void {
  const { text, labels, commitSequence } = record;
  const titleLength = titleLengthOf(record);
  const analyzed = analyzeDocument(text.slice(0, titleLength), text.slice(titleLength), onUnit);
  lexical.add({ label: labels.first, labelCount: labels.count, sequence: commitSequence, text: analyzed });
}

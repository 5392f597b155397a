// From the store to indexes that can be searched: snapshots first, then the log's changes since, then a count. Where a
// snapshot is missing, damaged or made with other parameters, and where the count is wrong, the collection is compared
// with the store label by label: what the graph lacks goes into the tail, searchable at once, and moves on from there.

import { join } from 'node:path';
import { rebuildAttributes } from '../../storage/attribute-rebuild.ts';
import type { CollectionRow } from '../../storage/document-record.ts';
import { graphBytes } from '../../vector/graph-bytes.ts';
import type { GraphParameters, HnswGraph } from '../../vector/hnsw-graph.ts';
import { loadSnapshotFile } from '../../vector/snapshot-file.ts';
import type { CollectionIndex } from './collection-index.ts';
import type { ShardState } from './shard-state.ts';
import { loadWords } from './words-loader.ts';

export interface LoadProgress {
  changesDone: number;
  changesTotal: number;
}

/** Rows between two visits to the event loop, where the supervisor asks how far it is: some milliseconds. */
const rowsPerTurn = 256;
/** Reading a graph twice, once for its checksum, takes 0.2-0.8 s for 100,000 points; a cold disk a hundred times as long. */
const readSecondsMax = 300;
/** What came from the store directly belongs to no known change: older than all. */
const unknownSequence = 1;

interface Loaded {
  readonly row: CollectionRow;
  readonly index: CollectionIndex;
  /**
   * All changes up to here are in the graph, and all later ones in the log. Null: there is no graph, or one whose
   * snapshot is older than the log (it was taken while the collection outgrew the exact scan).
   */
  readonly appliedSequence: number | null;
}

export async function loadShard(state: ShardState, progress: LoadProgress): Promise<void> {
  await loadAttributes(state, progress);
  const loaded = new Map<number, Loaded>();
  const bytesMax = state.init.indexBytesMax ?? Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (const row of newestFirst(state)) {
    bytes += bytesOf(state, row);
    if (bytes > bytesMax && loaded.size > 0) {
      // Its first search loads it: see cold-collections.ts.
      const index = state.indexOf(row);
      index.release();
      state.cold.add(index);
      continue;
    }
    const graph = await loadGraph(state, row);
    const applied = state.store.snapshot(row.number)?.appliedSequence ?? 0;
    const isReplayable = graph !== null && applied >= state.store.truncatedSequence;
    const appliedSequence = isReplayable ? applied : null;
    loaded.set(row.number, { row, index: state.indexOf(row, graph), appliedSequence });
  }
  const replayable = [...loaded.values()].filter(({ appliedSequence }) => appliedSequence !== null);
  const fromSequence = Math.min(...replayable.map(({ appliedSequence }) => appliedSequence ?? 0));
  const others = [...loaded.values()].filter(({ appliedSequence }) => appliedSequence === null);
  progress.changesTotal += others.reduce((sum, { row }) => sum + row.vectors, 0);
  if (replayable.length > 0) {
    progress.changesTotal += state.store.countChangesAfter(fromSequence);
    await replay(state, { loaded, fromSequence, progress });
  }
  for (const collection of loaded.values()) await complete(state, collection, progress);
  for (const row of state.collections()) await loadWords(state, row, progress);
  progress.changesDone = progress.changesTotal;
}

/** Those whose graphs were saved last were used last; where memory is bounded, the others wait for a search. */
function newestFirst(state: ShardState): CollectionRow[] {
  const savedAt = ({ number }: CollectionRow) => state.store.snapshot(number)?.appliedSequence ?? 0;
  return [...state.collections()].sort((a, b) => savedAt(b) - savedAt(a));
}

/** Memory that the collection's graph and tail will take, about. */
function bytesOf(state: ShardState, row: CollectionRow): number {
  const points = state.store.snapshot(row.number)?.count ?? 0;
  const others = Math.max(0, row.vectors - points);
  return graphBytes(state.parameters, points) + others * state.parameters.dimensions * 4;
}

/** For a folder that an engine without secondary indexes, or with others, has written. */
async function loadAttributes(state: ShardState, progress: LoadProgress): Promise<void> {
  const { store, context } = state;
  if (store.hasAttributes) return;
  context.log.info({}, 'indexes of attributes are missing or old: rebuilding them');
  const before = progress.changesTotal;
  await rebuildAttributes(store, {
    onProgress: ({ done, total }) => {
      context.progress();
      progress.changesTotal = before + total;
      progress.changesDone = done;
    },
  });
}

/** Null where there is no snapshot, or none that can be used; why not is logged. */
export async function loadGraph(state: ShardState, row: CollectionRow): Promise<HnswGraph | null> {
  const { store, context, parameters } = state;
  const snapshot = store.snapshot(row.number);
  if (snapshot === undefined) return null;
  if (!isSame(snapshot.parameters, parameters)) {
    context.log.info({ collection: row.name }, 'snapshot has other parameters: rebuilding the graph');
    return null;
  }
  try {
    return await loadSnapshotFile(join(store.snapshotFolder, snapshot.file), snapshot, {
      enterNativeCall: () => context.enterNativeCall(readSecondsMax),
    });
  } catch (error) {
    const facts = { collection: row.name, error: String(error), cause: String((error as Error).cause) };
    context.log.warn(facts, 'snapshot cannot be used: rebuilding the graph');
    return null;
  }
}

function isSame(a: GraphParameters, b: GraphParameters): boolean {
  return a.dimensions === b.dimensions && a.m === b.m && a.efConstruction === b.efConstruction;
}

async function replay(
  state: ShardState,
  options: {
    readonly loaded: Map<number, Loaded>;
    readonly fromSequence: number;
    readonly progress: LoadProgress;
  },
): Promise<void> {
  let after = options.fromSequence;
  for (;;) {
    const rows = state.store.changesAfter(after, rowsPerTurn);
    for (const { sequence, change } of rows) {
      after = sequence;
      const collection = options.loaded.get(change.collection);
      if (collection?.appliedSequence == null || sequence <= collection.appliedSequence) continue;
      const { index } = collection;
      for (let i = 0; i < change.removed.count; i++) index.remove(change.removed.first + i);
      for (let i = 0; i < change.added.count; i++) inherit(state, index, change.added.first + i, sequence);
    }
    options.progress.changesDone += rows.length;
    if (rows.length < rowsPerTurn) return;
    await state.turn();
  }
}

/** Puts a live vector into the tail, unless the graph has it (vectors may have moved ahead of the snapshot's number). */
function inherit(state: ShardState, index: CollectionIndex, label: number, sequence: number): void {
  if (index.has(label)) return;
  const vector = state.store.vector(label);
  if (vector !== null) index.inherit(label, vector, sequence);
}

/** Makes sure that the index holds exactly what the store does. */
async function complete(state: ShardState, collection: Loaded, progress: LoadProgress): Promise<void> {
  const { row, index, appliedSequence } = collection;
  if (appliedSequence === null) {
    await repair(state, index, progress);
  } else if (index.live !== row.vectors) {
    const facts = { collection: row.name, found: index.live, stored: row.vectors };
    state.context.log.warn(facts, 'replay left a gap: comparing the index with the store');
    progress.changesTotal += row.vectors;
    await repair(state, index, progress);
  }
  state.activate(index);
}

/**
 * Compares the index with the store, and where that does not help, once more without its graph, which can be built again;
 * the store cannot. Returns false where commits were under way at the end, so that nobody knows whether it has helped.
 */
export async function repair(
  state: ShardState,
  index: CollectionIndex,
  progress: LoadProgress,
): Promise<boolean> {
  await reconcile(state, index, progress);
  const isRight = fits(state, index);
  if (isRight !== false) return isRight === true;
  logMisfit(state, index);
  index.abandon();
  progress.changesTotal += state.store.collection(index.name)?.vectors ?? 0;
  await reconcile(state, index, progress);
  return true;
}

/**
 * Whether the index holds as many vectors as the store. Null while a commit is under way: the store may show it already,
 * or not yet, and what it removes leaves the index later.
 */
export function fits(state: ShardState, index: CollectionIndex): boolean | null {
  if (state.inFlight.size > 0) return null;
  return index.live === (state.store.collection(index.name)?.vectors ?? 0);
}

export function logMisfit({ context, store }: ShardState, { name, live }: CollectionIndex): void {
  const facts = { collection: name, found: live, stored: store.collection(name)?.vectors ?? 0 };
  context.log.warn(facts, 'graph does not fit the store: rebuilding it');
}

/** Compares the index with the store label by label: what it lacks goes into the tail, what is gone is removed. */
async function reconcile(state: ShardState, index: CollectionIndex, progress: LoadProgress): Promise<void> {
  const { store } = state;
  let next = 0;
  for (;;) {
    const labels = store.labelsFrom(index.number, next, rowsPerTurn);
    for (const label of labels) inherit(state, index, label, unknownSequence);
    progress.changesDone += labels.length;
    const last = labels.at(-1);
    if (last === undefined || labels.length < rowsPerTurn) break;
    next = last + 1;
    await state.turn();
  }
  let looked = 0;
  for (let label = index.graph?.labelFrom(0); label != null; label = index.graph?.labelFrom(label + 1)) {
    if (store.label(index.number, label) === undefined) index.remove(label);
    looked++;
    if (looked % rowsPerTurn === 0) await state.turn();
  }
}

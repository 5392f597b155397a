// A snapshot that is whole and verified, and yet wrong: what a fault of ours, or of hnswlib, would leave behind.

import { join } from 'node:path';
import type { IndexInit } from '../../src/stages/index/index.actor.ts';
import { CommitSequence } from '../../src/storage/commit-sequence.ts';
import { ShardStore } from '../../src/storage/shard-store.ts';
import { HnswGraph } from '../../src/vector/hnsw-graph.ts';
import { writeSnapshotFile } from '../../src/vector/snapshot-file.ts';
import { ManualClock } from './manual-clock.ts';

/** Marks a document's first vector as deleted in the collection's snapshot on disk. The shard must not be open. */
export async function hideInSnapshot(
  init: IndexInit,
  key: { collection: string; id: string },
): Promise<void> {
  const { dataDir, shard, shardCount, dimensions, mapBytesMax } = init;
  const facts = { dataDir, shard, shardCount, dimensions, mapBytesMax };
  const store = new ShardStore({ ...facts, sequence: new CommitSequence(), clock: new ManualClock() });
  try {
    const number = store.collection(key.collection)?.number ?? -1;
    const row = store.snapshot(number);
    const label = store.document(key)?.labels.first;
    if (row === undefined || label === undefined) throw new Error(`no snapshot with ${key.id} in it`);
    const graph = await HnswGraph.load(join(store.snapshotFolder, row.file), row.parameters, row.tombstones);
    if (!graph.markDeleted(label)) throw new Error(`${key.id} is not in the graph, or hidden already`);
    const file = `wrong-${row.file}`;
    const written = await writeSnapshotFile(graph, join(store.snapshotFolder, file), () => undefined);
    const tombstones = row.tombstones + 1;
    await store.write((writer) => writer.putSnapshot(number, { ...row, ...written, file, tombstones }));
  } finally {
    await store.close();
  }
}

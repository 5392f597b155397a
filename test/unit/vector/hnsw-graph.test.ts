import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ExactTail } from '../../../src/vector/exact-tail.ts';
import { HnswGraph } from '../../../src/vector/hnsw-graph.ts';
import { type NativeIndex, nativeAddon } from '../../../src/vector/native-addon.ts';
import { loadSnapshotFile, type SnapshotRow, writeSnapshotFile } from '../../../src/vector/snapshot-file.ts';
import { VectorSlab } from '../../../src/vector/vector-slab.ts';
import { randomFrom, unitVector } from '../../support/random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const parameters = { dimensions: 16, m: 16, efConstruction: 100 };
const io = { enterNativeCall: () => () => undefined };

/** Points around centres, as texts about the same thing lie; on random points alone no graph is good. */
function clustered(count: number, dimensions: number, seed: number): Float32Array[] {
  const random = randomFrom(seed);
  const centres = Array.from({ length: 60 }, () => unitVector(random, dimensions));
  return Array.from({ length: count }, () => {
    const centre = centres[Math.floor(random() * centres.length)] as Float32Array;
    const noise = unitVector(random, dimensions);
    const mixed = centre.map((value, i) => value + 0.6 * (noise[i] as number));
    const norm = Math.hypot(...mixed);
    return mixed.map((value) => value / norm);
  });
}

function graphOf(points: readonly Float32Array[], dimensions = parameters.dimensions): HnswGraph {
  const graph = new HnswGraph({ ...parameters, dimensions });
  for (const [i, point] of points.entries()) graph.add(i + 1, point);
  return graph;
}

test('points that come when all others are deleted are found', () => {
  const vectors = clustered(1_200, parameters.dimensions, 21);
  const graph = graphOf(vectors.slice(0, 1_000));
  for (let label = 1; label <= 1_000; label++) graph.markDeleted(label);
  for (let label = 1_001; label <= 1_200; label++) {
    graph.add(label, vectors[label - 1] as Float32Array);
    for (let there = 1_001; there <= label; there += 7) {
      const [found] = graph.search(vectors[there - 1] as Float32Array, 1, 64);
      expect(found?.label).toBe(there);
    }
  }
});

test('at the default width a graph finds at least 95 % of the true ten nearest of clustered points', () => {
  const dimensions = 64;
  const points = clustered(8_000, dimensions, 1);
  const graph = graphOf(points, dimensions);
  const exact = new ExactTail(new VectorSlab(dimensions));
  for (const [i, point] of points.entries()) exact.add(i + 1, point);
  let found = 0;
  const queries = clustered(8_200, dimensions, 1).slice(8_000);
  for (const query of queries) {
    const truth = new Set(exact.scan(query, 10).map(({ label }) => label));
    found += graph.search(query, 10, 64).filter(({ label }) => truth.has(label)).length;
  }
  expect(found / (queries.length * 10)).toBeGreaterThanOrEqual(0.95);
});

test('a deleted point never shows, and the places behind it fill up', () => {
  const points = clustered(300, 16, 2);
  const graph = graphOf(points);
  for (let label = 1; label <= 250; label++) expect(graph.markDeleted(label)).toBe(true);
  expect(graph.live).toBe(50);
  const found = graph.search(points[0] as Float32Array, 50, 64).map(({ label }) => label);
  expect(found.every((label) => label > 250)).toBe(true);
  expect(found.length).toBe(50);
});

test('a loaded snapshot is the graph that was written, searchable at full width', async () => {
  const points = clustered(2_000, 16, 3);
  const graph = graphOf(points);
  for (let label = 1; label <= 100; label++) graph.markDeleted(label);
  const { row, path } = await written(graph);
  const loaded = await loadSnapshotFile(path, row, io);
  expect([loaded.count, loaded.tombstones]).toEqual([2_000, 100]);
  for (const query of points.slice(0, 200))
    expect(loaded.search(query, 10, 64)).toEqual(graph.search(query, 10, 64));
  expect(loaded.markDeleted(1)).toBe(false);
  expect(loaded.markDeleted(101)).toBe(true);
  loaded.add(9_999, points[0] as Float32Array);
  expect(loaded.search(points[0] as Float32Array, 1, 64)[0]?.label).toBe(9_999);
});

test('searches go on while a graph is written, insertions may not', async () => {
  const points = clustered(500, 16, 4);
  const graph = graphOf(points);
  let isWritten = false;
  const done = written(graph, () => {
    isWritten = true;
  });
  expect(graph.search(points[0] as Float32Array, 1, 64)[0]?.label).toBe(1);
  expect(() => graph.add(10_000, points[0] as Float32Array)).toThrow(/assertion/);
  expect(() => graph.markDeleted(1)).toThrow(/assertion/);
  await done;
  expect(isWritten).toBe(true);
  graph.add(10_000, points[0] as Float32Array);
});

test('a snapshot that is torn, changed, or of other parameters is refused', async () => {
  const { row, path } = await written(graphOf(clustered(1_100, 16, 5)));
  const whole = readFileSync(path);
  const refused = (changed: SnapshotRow) =>
    expect(loadSnapshotFile(path, changed, io)).rejects.toMatchObject({ code: 'data_loss' });
  await refused({ ...row, parameters: { ...parameters, dimensions: 17 } });
  await refused({ ...row, parameters: { ...parameters, m: 17 } });
  await refused({ ...row, count: 1_099 });
  for (const bytes of [0, 50, 96, 5_000, whole.length - 1]) {
    truncateSync(path, bytes);
    await refused(row);
    writeFileSync(path, whole);
  }
  const flipped = Buffer.from(whole);
  flipped[5_000] = (flipped[5_000] ?? 0) ^ 1;
  writeFileSync(path, flipped);
  await refused(row);
  writeFileSync(path, whole);
  expect((await loadSnapshotFile(path, row, io)).count).toBe(1_100);
});

test('what a load could not read leaves nothing that the garbage collector would free twice', async () => {
  const path = join(temporaryFolder(), 'torn.hnsw');
  writeFileSync(path, Buffer.alloc(5_000));
  for (let i = 0; i < 3; i++) {
    await expect(HnswGraph.load(path, parameters, 0)).rejects.toThrow('corrupted');
  }
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(graphOf(clustered(10, 16, 6)).count).toBe(10);
});

test('a graph that found no memory to grow tries again with the next point', () => {
  const addon = nativeAddon() as { HierarchicalNSW: new (space: 'ip', dimensions: number) => NativeIndex };
  const { HierarchicalNSW } = addon;
  let isMemoryShort = true;
  addon.HierarchicalNSW = class extends HierarchicalNSW {
    override resizeIndex(maxElements: number): void {
      if (isMemoryShort) throw new Error('not enough memory');
      super.resizeIndex(maxElements);
    }
  };
  try {
    const points = clustered(1_025, 16, 7);
    const graph = graphOf(points.slice(0, 1_024));
    expect(() => graph.add(1_025, points[1_024] as Float32Array)).toThrow('not enough memory');
    isMemoryShort = false;
    graph.add(1_025, points[1_024] as Float32Array);
    expect(graph.count).toBe(1_025);
  } finally {
    addon.HierarchicalNSW = HierarchicalNSW;
  }
});

async function written(
  graph: HnswGraph,
  onWritten: () => void = () => undefined,
): Promise<{ readonly row: SnapshotRow; readonly path: string }> {
  const path = join(temporaryFolder(), 'a.hnsw');
  const { count, tombstones } = graph;
  const file = await writeSnapshotFile(graph, path, onWritten);
  return {
    row: { file: 'a.hnsw', ...file, parameters: graph.parameters, count, tombstones, appliedSequence: 1 },
    path,
  };
}

test('neither a wrong length nor a value that is no number reaches the graph', () => {
  const graph = new HnswGraph({ ...parameters, dimensions: 2 });
  for (const [vector, code] of [
    [[1], 'dimension_mismatch'],
    [[1, Number.NaN], 'invalid_argument'],
    [[1, Number.NEGATIVE_INFINITY], 'invalid_argument'],
  ] as const) {
    expect(() => graph.add(1, Float32Array.from(vector))).toThrowError(expect.objectContaining({ code }));
  }
  graph.add(1, Float32Array.of(1, 0));
  expect(() => graph.search(Float32Array.of(Number.POSITIVE_INFINITY, 0), 1, 10)).toThrowError(
    expect.objectContaining({ code: 'invalid_argument' }),
  );
});

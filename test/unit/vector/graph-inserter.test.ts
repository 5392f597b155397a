import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addonDir } from '../../../src/base/compiled-addon.ts';
import { ExactTail } from '../../../src/vector/exact-tail.ts';
import { GraphInserter } from '../../../src/vector/graph-inserter.ts';
import { HnswGraph } from '../../../src/vector/hnsw-graph.ts';
import { addonFile, nativeAddon } from '../../../src/vector/native-addon.ts';
import { VectorSlab } from '../../../src/vector/vector-slab.ts';
import { randomFrom, unitVector } from '../../support/random.ts';

const dimensions = 16;
const parameters = { dimensions, m: 16, efConstruction: 100 };

function inserterOf(): GraphInserter {
  return new GraphInserter({ dimensions, niceness: 0, onProgress: () => undefined });
}

function points(count: number, seed: number): Float32Array[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => unitVector(random, dimensions));
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function settled(inserter: GraphInserter): Promise<void> {
  while (inserter.underWay > 0) {
    inserter.settle();
    await turn();
  }
}

/** Gives the inserter all points, labels from 1, and calls `meanwhile` as often as it has no room. */
async function insertAll(
  inserter: GraphInserter,
  graph: HnswGraph,
  vectors: readonly Float32Array[],
  meanwhile: () => void,
): Promise<void> {
  for (const [i, vector] of vectors.entries()) {
    while (!inserter.hasRoom) {
      meanwhile();
      inserter.settle();
      await turn();
    }
    inserter.add(graph, i + 1, vector, () => undefined);
  }
  await settled(inserter);
}

test('a graph that is searched and marked while it grows misses no point that is in it, and shows no other', async () => {
  const vectors = points(6_000, 1);
  const graph = new HnswGraph(parameters);
  const inserter = inserterOf();
  let searches = 0;
  let missed = 0;
  await insertAll(inserter, graph, vectors, () => {
    for (let i = 0; i < 40 && graph.count >= 10; i++) {
      // Of those that are done; every seventh is deleted here, at the latest.
      const label = 1 + ((searches++ * 31) % graph.count);
      if (label % 7 === 0) graph.markDeleted(label);
      const found = graph.search(vectors[label - 1] as Float32Array, 5, 64).map((each) => each.label);
      expect(found.every((each) => each >= 1 && each <= graph.count + graph.underWay)).toBe(true);
      expect(found.length).toBe(5);
      if (label % 7 === 0) expect(found).not.toContain(label);
      else if (found[0] !== label) missed++;
    }
  });
  inserter.stop();
  expect(graph.count).toBe(6_000);
  expect(searches).toBeGreaterThan(500);
  // On random points a graph is good, not perfect.
  expect(missed / searches).toBeLessThan(0.02);
});

/** Where hnswlib's file names the place that searches start from; it draws the same heights for every graph. */
async function entryLabelOf(graph: HnswGraph): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kms-entry-'));
  try {
    await graph.writeTo(join(folder, 'graph'));
    return 1 + (await readFile(join(folder, 'graph'))).readUInt32LE(52);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a point that comes while the last live one is deleted is found', async () => {
  const vectors = points(150, 8);
  const [late] = points(1, 9) as [Float32Array];
  const inserter = inserterOf();
  const random = randomFrom(10);
  let entry = 0;
  for (let round = 0; round < 150; round++) {
    const graph = new HnswGraph(parameters);
    for (const [i, vector] of vectors.entries()) graph.add(i + 1, vector);
    if (entry === 0) entry = await entryLabelOf(graph);
    for (let label = 1; label <= 150; label++) if (label !== entry) graph.markDeleted(label);
    inserter.add(graph, 151, late, () => undefined);
    // At any moment of its insertion, which begins in a tenth of a millisecond and takes as long.
    const until = performance.now() + 0.3 * random();
    while (performance.now() < until);
    graph.markDeleted(entry);
    await settled(inserter);
    expect(graph.search(late, 1, 64).map(({ label }) => label)).toEqual([151]);
  }
  inserter.stop();
});

test('a graph that another thread built is as good as one built in place', async () => {
  const vectors = points(3_000, 2);
  const apart = new HnswGraph(parameters);
  const inPlace = new HnswGraph(parameters);
  const exact = new ExactTail(new VectorSlab(dimensions));
  const inserter = inserterOf();
  await insertAll(inserter, apart, vectors, () => undefined);
  inserter.stop();
  for (const [i, vector] of vectors.entries()) {
    inPlace.add(i + 1, vector);
    exact.add(i + 1, vector);
  }
  const recall = (graph: HnswGraph) => {
    let found = 0;
    for (const query of points(100, 3)) {
      const truth = new Set(exact.scan(query, 10).map(({ label }) => label));
      found += graph.search(query, 10, 64).filter(({ label }) => truth.has(label)).length;
    }
    return found / 1_000;
  };
  expect(recall(apart)).toBeGreaterThanOrEqual(recall(inPlace) - 0.02);
});

test('insertions are told of in order, each when its graph has it, over several graphs', async () => {
  const graphs = [new HnswGraph(parameters), new HnswGraph(parameters)];
  const inserter = inserterOf();
  const told: string[] = [];
  for (const [i, vector] of points(20, 4).entries()) {
    const graph = graphs[i % 2] as HnswGraph;
    inserter.add(graph, i, vector, () => told.push(`${i % 2}:${i} ${graph.has(i)}`));
  }
  await settled(inserter);
  inserter.stop();
  expect(told).toEqual(Array.from({ length: 20 }, (_, i) => `${i % 2}:${i} true`));
});

test('progress is told in the event loop when all is done', async () => {
  let told = 0;
  const done = new Promise<void>((resolve) => {
    const inserter = new GraphInserter({
      dimensions,
      niceness: 0,
      onProgress: () => {
        told++;
        inserter.settle();
        if (inserter.underWay > 0) return;
        inserter.stop();
        resolve();
      },
    });
    const graph = new HnswGraph(parameters);
    for (const [i, vector] of points(3, 5).entries()) inserter.add(graph, i, vector, () => undefined);
  });
  await done;
  expect(told).toBeGreaterThanOrEqual(1);
});

test('no more goes under way than there is room for, and a stop gives up the rest', () => {
  const graph = new HnswGraph(parameters);
  const inserter = inserterOf();
  const vectors = points(1_000, 6);
  let given = 0;
  for (; inserter.hasRoom; given++)
    inserter.add(graph, given, vectors[given] as Float32Array, () => undefined);
  expect(given).toBe(128);
  expect(() => inserter.add(graph, given, vectors[given] as Float32Array, () => undefined)).toThrow(/room/);
  inserter.stop();
  inserter.stop();
  expect(() => inserter.settle()).toThrow(/stopped/);
});

test('a graph is neither written, nor released, nor given a second writer while points are on their way', async () => {
  const graph = new HnswGraph(parameters);
  const inserter = inserterOf();
  const [first, second] = points(2, 7) as [Float32Array, Float32Array];
  inserter.add(graph, 1, first, () => undefined);
  expect(() => graph.add(2, second)).toThrow(/writer/);
  expect(() => graph.release()).toThrow(/released/);
  await expect(graph.writeTo('/nowhere')).rejects.toThrow(/written/);
  await settled(inserter);
  graph.add(2, second);
  inserter.stop();
  expect(graph.count).toBe(2);
});

test('what the addon cannot use is refused, and nothing is under way for it', () => {
  const addon = nativeAddon();
  const graph = new HnswGraph(parameters);
  const native = addon.startInserter(dimensions, 2, 0, () => undefined);
  const vector = new Float32Array(dimensions).fill(0.25);
  const other = new HnswGraph({ ...parameters, dimensions: 8 });
  expect(() => addon.insertLater(native, other.native, vector, 0, 1)).toThrow(/dimensions/);
  expect(() => addon.insertLater(native, graph.native, vector, 1, 1)).toThrow(/no vector/);
  expect(() => addon.insertLater(native, graph.native, vector, 0, -1)).toThrow(/label/);
  expect(() => addon.insertLater(native, graph.native, vector.fill(Number.NaN), 0, 1)).toThrow(/finite/);
  expect(() => addon.insertLater({} as typeof native, graph.native, vector, 0, 1)).toThrow(/inserter/);
  expect(() => addon.startInserter(dimensions, 0, 0, () => undefined)).toThrow(/capacity/);
  expect(addon.settleInsertions(native)).toBe(0);
  addon.stopInserter(native);
});

const work = `
  const addon = require(process.argv.at(-1));
  const dimensions = 64;
  const index = new addon.HierarchicalNSW('ip', dimensions);
  index.initIndex({ maxElements: 100000, m: 16, efConstruction: 100 });
  const inserter = addon.startInserter(dimensions, 64, 0, () => addon.settleInsertions(inserter));
  const vector = new Float32Array(dimensions);
  let label = 0;
  const give = () => {
    for (;;) {
      for (let i = 0; i < dimensions; i++) vector[i] = Math.cos(label * (i + 1));
      if (!addon.insertLater(inserter, index, vector, 0, label)) return;
      label++;
    }
  };
`;

/** Six threads, each ended while it does `what`. */
const threadsThat = (what: string) => `
  const { Worker } = require('node:worker_threads');
  const work = \`${work} give(); require('node:worker_threads').parentPort.postMessage('busy'); ${what}\`;
  const end = async (turns) => {
    if (turns === 0) return console.log('all ended');
    const worker = new Worker(work, { eval: true, argv: process.argv.slice(-1) });
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
    return end(turns - 1);
  };
  end(6);
`;

/** Each in a process of its own, which may end as it should not. */
const endings = {
  'a thread that waits for progress': threadsThat(
    'const again = () => { give(); setImmediate(again); }; again();',
  ),
  'a thread that never looks up': threadsThat('for (;;) { addon.settleInsertions(inserter); give(); }'),
  'a process that has nothing more to do': `${work} give(); process.on('exit', () => console.log('all ended'));`,
  'a process that is told to exit': `${work} give(); console.log('all ended'); process.exit(0);`,
};

test.each(Object.entries(endings))(
  '%s ends while points are on their way, and nothing else does',
  (_, program) => {
    const { stdout, stderr, signal, status } = spawnSync(process.execPath, [
      '-e',
      program,
      join(addonDir, addonFile),
    ]);
    expect([signal, status, String(stdout).trim(), String(stderr)]).toEqual([null, 0, 'all ended', '']);
  },
);

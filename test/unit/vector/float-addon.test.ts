import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type hnswlib from 'hnswlib-node';
import { afterEach, expect, test } from 'vitest';
import { addonDir } from '../../../src/base/compiled-addon.ts';
import { addonFile, nativeAddon } from '../../../src/vector/native-addon.ts';
import { randomFrom, unitVector } from '../../support/random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const addon = nativeAddon();
/** The same file with what the package itself exports. */
const { HierarchicalNSW, InnerProductSpace } = addon as unknown as typeof hnswlib;
const dimensions = 24;
const best = addon.kernel();

afterEach(() => {
  addon.kernel(best);
});

function vectorsOf(count: number, seed: number): Float32Array {
  const random = randomFrom(seed);
  const vectors = new Float32Array(count * dimensions);
  for (let i = 0; i < count; i++) vectors.set(unitVector(random, dimensions), i * dimensions);
  return vectors;
}

function emptyIndex(maxElements: number): hnswlib.HierarchicalNSW {
  const index = new HierarchicalNSW('ip', dimensions);
  index.initIndex(maxElements, 8, 40);
  return index;
}

const rowOf = (vectors: Float32Array, i: number) =>
  vectors.subarray(i * dimensions, (i + 1) * dimensions) as Float32Array;

function search(
  index: hnswlib.HierarchicalNSW,
  query: Float32Array,
  k: number,
  allows?: (label: number) => boolean,
): { readonly neighbors: number[]; readonly distances: number[] } {
  const labels = new Uint32Array(k);
  const distances = new Float32Array(k);
  const found = addon.searchFloats(index as never, query, 0, k, 32, labels, distances, allows);
  return { neighbors: [...labels.subarray(0, found)], distances: [...distances.subarray(0, found)] };
}

test('typed arrays build the graph that plain ones build, and find in it what plain ones find', () => {
  const vectors = vectorsOf(600, 1);
  const [typed, plain] = [emptyIndex(600), emptyIndex(600)];
  for (let i = 0; i < 600; i++) {
    addon.addFloats(typed as never, vectors, i * dimensions, i * 3);
    plain.addPoint([...rowOf(vectors, i)], i * 3);
  }
  for (const index of [typed, plain]) index.markDelete(9);
  plain.setEf(32);
  const isEven = (label: number) => label % 2 === 0;
  for (let i = 0; i < 100; i++) {
    const query = rowOf(vectors, i * 5);
    expect(search(typed, query, 10)).toEqual(plain.searchKnn([...query], 10));
    expect(search(typed, query, 10, isEven)).toEqual(plain.searchKnn([...query], 10, isEven));
  }
});

/** The rows of a saved index, each with its links in the lowest layer: behind 96 bytes of head, 16 links a row. */
async function rowsOf(index: hnswlib.HierarchicalNSW, count: number): Promise<string[]> {
  const path = join(temporaryFolder(), 'index');
  await index.writeIndex(path);
  const file = await readFile(path);
  const rowBytes = 4 + 16 * 4 + dimensions * 4 + 8;
  return Array.from({ length: count }, (_, i) =>
    file.subarray(96 + i * rowBytes, 96 + (i + 1) * rowBytes).toString('hex'),
  );
}

test('an insertion links the points that the package links', async () => {
  const count = 3_000;
  const vectors = vectorsOf(count, 12);
  const [ours, theirs] = [emptyIndex(count), emptyIndex(count)];
  for (let i = 0; i < count; i++) {
    addon.addFloats(ours as never, vectors, i * dimensions, i);
    theirs.addPoint([...rowOf(vectors, i)], i);
    // From the middle on among deleted ones.
    if (i > count / 2 && i % 5 === 0) for (const index of [ours, theirs]) index.markDelete(i - 1_000);
  }
  const [own, others] = [await rowsOf(ours, count), await rowsOf(theirs, count)];
  // Of points that are equally far the package's queues take the one or the other.
  const different = own.filter((row, i) => row !== others[i]);
  expect(different.length).toBeLessThan(count / 200);
});

test('what cannot be added is refused with a reason, and changes nothing', () => {
  const index = emptyIndex(1);
  const good = vectorsOf(1, 2);
  const spoiled = (value: number) => good.with(dimensions - 1, value);
  const add = (vectors: unknown, offset: unknown, label: unknown, target: unknown = index) =>
    addon.addFloats(target as never, vectors as never, offset as never, label as never);
  expect(() => add([...good], 0, 1)).toThrow('must be a Float32Array');
  expect(() => add(new Float64Array(good), 0, 1)).toThrow('must be a Float32Array');
  expect(() => add(good.subarray(1), 0, 1)).toThrow('no vector of 24 values');
  for (const offset of [1, 4_294_967_295])
    expect(() => add(good, offset, 1)).toThrow('no vector of 24 values');
  for (const offset of [-1, 0.5, Number.NaN, '0']) expect(() => add(good, offset, 1)).toThrow('whole number');
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    expect(() => add(spoiled(value), 0, 1)).toThrow('not finite');
  }
  for (const label of [-1, 0.5, 2 ** 32, '1']) expect(() => add(good, 0, label)).toThrow('label');
  for (const target of [{}, null, 7, new HierarchicalNSW('ip', dimensions)]) {
    expect(() => add(good, 0, 1, target)).toThrow();
  }
  expect(() => addon.addFloats(...([index, good] as unknown as [never, never, never, never]))).toThrow(
    'takes',
  );
  expect(index.getCurrentCount()).toBe(0);
  add(good, 0, 1);
  expect(() => add(good, 0, 2)).toThrow('the graph is full');
  const [roomy, vector] = [emptyIndex(2), vectorsOf(1, 2)];
  add(vector, 0, 1, roomy);
  expect(() => add(vector, 0, 1, roomy)).toThrow('the label is there already');
  expect(search(index, good, 1).neighbors).toEqual([1]);
});

test('values whose products are no numbers neither hang nor crash an insertion or a search', () => {
  const index = emptyIndex(300);
  const random = randomFrom(5);
  for (let i = 0; i < 300; i++) {
    const vector = unitVector(random, dimensions).map((value) => Math.sign(value) * 3e38);
    addon.addFloats(index as never, vector as Float32Array, 0, i);
    expect(search(index, vector as Float32Array, 5).neighbors.length).toBeGreaterThan(0);
  }
});

test('a search for nothing finds nothing', () => {
  const index = emptyIndex(50);
  const vectors = vectorsOf(50, 6);
  for (let i = 0; i < 50; i++) addon.addFloats(index as never, vectors, i * dimensions, i);
  const none = new Uint32Array(1);
  expect(addon.searchFloats(index as never, rowOf(vectors, 0), 0, 0, 0, none, new Float32Array(1))).toBe(0);
});

test('a search that cannot be answered is refused with a reason', () => {
  const index = emptyIndex(1);
  const query = vectorsOf(1, 3);
  const ask = (...args: readonly unknown[]) =>
    addon.searchFloats(...(args as [never, never, 0, 1, 1, never, never]));
  const [labels, distances] = [new Uint32Array(2), new Float32Array(2)];
  expect(() => ask(index, query, 0, 3, 10, labels, distances)).toThrow('at least k places');
  expect(() => ask(index, query, 0, 2, 10, distances, labels)).toThrow('at least k places');
  expect(() => ask(index, query, 0, -1, 10, labels, distances)).toThrow('whole numbers');
  expect(() => ask(index, query, 0, 1, 10, labels, distances, 'all')).toThrow('must be a function');
  expect(() => ask(index, query.fill(Number.NaN), 0, 1, 10, labels, distances)).toThrow('not finite');
  expect(ask(index, vectorsOf(1, 3), 0, 2, 10, labels, distances)).toBe(0);
});

test('what a filter throws ends the search and is thrown; the index serves the next one', () => {
  const vectors = vectorsOf(300, 4);
  const index = emptyIndex(300);
  for (let i = 0; i < 300; i++) addon.addFloats(index as never, vectors, i * dimensions, i);
  const query = rowOf(vectors, 7);
  const error = new Error('the filter broke');
  let asked = 0;
  const failing = () => {
    asked++;
    if (asked === 3) throw error;
    return true;
  };
  expect(() => search(index, query, 10, failing)).toThrow(error);
  expect(asked).toBe(3);
  expect(() => search(index, query, 10, () => undefined as never)).toThrow('true or false');
  expect(search(index, query, 1).neighbors).toEqual([7]);
});

test('every kernel that this processor has gives the product of any two vectors', () => {
  const random = randomFrom(5);
  const kernels = ['avx512', 'avx2', 'baseline'];
  for (const kernel of kernels.slice(kernels.indexOf(best))) {
    expect(addon.kernel(kernel)).toBe(kernel);
    for (let length = 1; length <= 140; length++) {
      const space = new InnerProductSpace(length);
      const [a, b] = [[...unitVector(random, length)], [...unitVector(random, length)]];
      const product = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
      expect(space.distance(a, b)).toBeCloseTo(1 - product, 6);
    }
  }
  expect(() => addon.kernel('avx1024')).toThrow("no kernel 'avx1024'");
});

test('a graph that outgrows its memory many times keeps every point, on disk too', async () => {
  const count = 40_000;
  const vectors = vectorsOf(1_000, 6);
  const index = new HierarchicalNSW('ip', dimensions);
  index.initIndex(8, 2, 2);
  const labelOf = (i: number) => i * 97 + 5;
  let capacity = 8;
  for (let i = 0; i < count; i++) {
    if (i === capacity) {
      capacity = Math.ceil(capacity * 1.5);
      index.resizeIndex(capacity);
    }
    addon.addFloats(index as never, vectors, (i % 1_000) * dimensions, labelOf(i));
  }
  const path = join(temporaryFolder(), 'grown.hnsw');
  await index.writeIndex(path);
  const loaded = new HierarchicalNSW('ip', dimensions);
  await loaded.readIndex(path);
  const everyLabel = Array.from({ length: count }, (_, i) => labelOf(i));
  for (const graph of [index, loaded]) {
    expect(graph.getIdsList().sort((a, b) => a - b)).toEqual(everyLabel);
    expect([...addon.labels(graph as never)].sort((a, b) => a - b)).toEqual(everyLabel);
    for (let i = 0; i < count; i += 61) {
      expect(graph.getPoint(labelOf(i))).toEqual([...rowOf(vectors, i % 1_000)]);
    }
    expect(() => graph.getPoint(6)).toThrow('Label not found');
  }
});

/** In a process of its own, which may end as it should not. */
const endedThread = `
  const { Worker } = require('node:worker_threads');
  const work = \`
    const { parentPort, workerData } = require('node:worker_threads');
    const addon = require(workerData);
    const index = new addon.HierarchicalNSW('ip', 2);
    index.initIndex({ maxElements: 3000, m: 4, efConstruction: 10 });
    for (let i = 0; i < 3000; i++) addon.addFloats(index, Float32Array.of(Math.cos(i), Math.sin(i)), 0, i);
    const [labels, distances] = [new Uint32Array(9), new Float32Array(9)];
    const query = Float32Array.of(1, 0);
    parentPort.postMessage('busy');
    for (;;) {
      CALLS
    }
  \`;
  const end = async (turns) => {
    if (turns === 0) return console.log('all ended');
    const worker = new Worker(work, { eval: true, workerData: process.argv[1] });
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
    return end(turns - 1);
  };
  end(4);
`;

test('a thread that is ended in the middle of index calls takes nobody with it', () => {
  const search = 'addon.searchFloats(index, query, 0, 9, 3000, labels, distances);';
  for (const calls of [search, `${search} addon.labels(index);`, `${search} index.getMaxElements();`]) {
    const program = endedThread.replace('CALLS', calls);
    const { stdout, signal } = spawnSync(process.execPath, ['-e', program, join(addonDir, addonFile)]);
    expect([calls, signal, String(stdout).trim()]).toEqual([calls, null, 'all ended']);
  }
});

test('the checksum of a file is its XXH64, wherever a read ends', async () => {
  const path = join(temporaryFolder(), 'file');
  const known = [
    ['', 'ef46db3751d8e999'],
    ['a', 'd24ec4f1a98c6e5b'],
    ['abc', '44bc2cf5ad770999'],
    ['abcdefghijklmnopqrstuvwxyz', 'cfe1f278fa89835c'],
    ['12345678901234567890123456789012345678901234567890123456789012345678901234567890', 'e04a477f19ee145d'],
  ] as const;
  for (const [content, checksum] of known) {
    writeFileSync(path, content);
    expect(await addon.checksumOf(path)).toBe(checksum);
  }
  // Longer than one read, and not by a whole stripe.
  const long = Buffer.alloc(3 * 2 ** 20 + 13, 'kms');
  writeFileSync(path, long);
  const whole = await addon.checksumOf(path);
  long[2 ** 20] = (long[2 ** 20] as number) ^ 1;
  writeFileSync(path, long);
  expect(await addon.checksumOf(path)).not.toBe(whole);
  await expect(addon.checksumOf(join(path, 'none'))).rejects.toThrow(/Not a directory/);
  expect(() => addon.checksumOf(7 as never)).toThrow(/path/);
});

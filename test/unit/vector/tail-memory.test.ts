// In a file, and so in a process, of its own: what other tests leave behind goes at moments of its own too.

import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ExactTail } from '../../../src/vector/exact-tail.ts';
import { VectorSlab } from '../../../src/vector/vector-slab.ts';

const isLinux = process.platform === 'linux';
const dimensions = 384;
const rows = 40_000;
/** Of all rows; the rest is room for what a process takes and gives besides. */
const halfBytes = (rows * dimensions * 4) / 2;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Memory of this process that no file backs, without garbage. */
function anonymousBytes(): number {
  collect();
  const match = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(match?.[1]) * 1024;
}

function filledTail(slab: VectorSlab, count: number): ExactTail {
  const tail = new ExactTail(slab);
  const row = new Float32Array(dimensions).fill(1);
  for (let label = 0; label < count; label++) tail.add(label, row);
  return tail;
}

test.runIf(isLinux)(
  'the memory of a tail that has emptied leaves the process, and that of its neighbour stays',
  () => {
    const slab = new VectorSlab(dimensions);
    const neighbour = filledTail(slab, 1_000);
    const emptyBytes = anonymousBytes();
    for (const _ of ['a first time', 'a second time']) {
      const tail = filledTail(slab, rows);
      const fullBytes = anonymousBytes();
      expect(fullBytes - emptyBytes).toBeGreaterThan(halfBytes);
      for (let label = 0; label < rows; label++) tail.remove(label);
      expect(fullBytes - anonymousBytes()).toBeGreaterThan(halfBytes);
    }
    for (let label = 0; label < 1_000; label++) expect(neighbour.read(label)?.[383]).toBe(1);
  },
);

test.runIf(isLinux)('a tail that is cleared gives its memory back too', () => {
  const tail = filledTail(new VectorSlab(dimensions), rows);
  const fullBytes = anonymousBytes();
  tail.clear();
  expect(fullBytes - anonymousBytes()).toBeGreaterThan(halfBytes);
});

import { expect, test } from 'vitest';
import { GraphRebuild } from '../../../src/stages/index/graph-rebuild.ts';
import { GraphInserter } from '../../../src/vector/graph-inserter.ts';
import { HnswGraph } from '../../../src/vector/hnsw-graph.ts';

const parameters = { dimensions: 2, m: 4, efConstruction: 10 };
const at = (label: number) => Float32Array.of(Math.cos(label), Math.sin(label));

const read = (label: number) => (label === 10 ? null : at(label));

function rebuilding(labels: readonly number[]) {
  const source = new HnswGraph(parameters);
  for (const label of labels) source.add(label, at(label));
  const rebuild = new GraphRebuild(source, parameters);
  const inserter = new GraphInserter({ dimensions: 2, niceness: 0, onProgress: () => undefined });
  const step = () => rebuild.step(inserter, read, () => undefined);
  const complete = async () => {
    while (!rebuild.isComplete) {
      if (rebuild.hasNext) step();
      inserter.settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
    inserter.stop();
  };
  return { source, rebuild, step, complete };
}

test('a rebuilt graph has every live vector, also those that entered the old one behind its back', async () => {
  const { source, rebuild, step, complete } = rebuilding([5, 10, 20]);
  step();
  for (const label of [2, 30]) {
    source.add(label, at(label));
    rebuild.sourceAdded(label);
  }
  await complete();
  rebuild.markDeleted(5);
  expect([2, 5, 10, 20, 30].filter((label) => rebuild.target.has(label))).toEqual([2, 5, 20, 30]);
  expect(rebuild.target.tombstones).toBe(1);
});

test('what is deleted on its way into the rebuilt graph is deleted there', async () => {
  const { rebuild, step, complete } = rebuilding([5, 20]);
  step();
  expect(rebuild.underWay).toBe(1);
  rebuild.markDeleted(5);
  await complete();
  expect([rebuild.target.count, rebuild.target.tombstones]).toEqual([2, 1]);
  expect(rebuild.target.search(at(5), 2, 10).map(({ label }) => label)).toEqual([20]);
});

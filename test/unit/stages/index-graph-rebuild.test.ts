import { expect, test } from 'vitest';
import { GraphRebuild } from '../../../src/stages/index/graph-rebuild.ts';
import { HnswGraph } from '../../../src/vector/hnsw-graph.ts';

const parameters = { dimensions: 2, m: 4, efConstruction: 10 };
const at = (label: number) => Float32Array.of(Math.cos(label), Math.sin(label));

test('a rebuilt graph has every live vector, also those that entered the old one behind its back', () => {
  const source = new HnswGraph(parameters);
  for (const label of [5, 10, 20]) source.add(label, at(label));
  const rebuild = new GraphRebuild(source, parameters);
  const read = (label: number) => (label === 10 ? null : at(label));
  expect(rebuild.step(read)).toBe(true);
  for (const label of [2, 30]) {
    source.add(label, at(label));
    rebuild.sourceAdded(label);
  }
  rebuild.markDeleted(5);
  while (rebuild.step(read));
  expect([2, 5, 10, 20, 30].filter((label) => rebuild.target.has(label))).toEqual([2, 5, 20, 30]);
  expect(rebuild.target.tombstones).toBe(1);
});

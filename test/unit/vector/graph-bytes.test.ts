import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { graphBytes } from '../../../src/vector/graph-bytes.ts';
import { HnswGraph } from '../../../src/vector/hnsw-graph.ts';
import { numberedVector } from '../../support/numbered-vector.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const points = 2_000;

test.each([
  { dimensions: 8, m: 16, efConstruction: 20 },
  { dimensions: 64, m: 8, efConstruction: 20 },
])(
  'a graph takes what its file does, and some bookkeeping ($dimensions dimensions, m $m)',
  async (parameters) => {
    const graph = new HnswGraph(parameters);
    for (let label = 0; label < points; label++)
      graph.add(label, numberedVector(label, parameters.dimensions));
    const path = join(temporaryFolder(), 'graph');
    await graph.writeTo(path);
    const fileBytes = statSync(path).size;
    expect(graph.bytes).toBe(graphBytes(parameters, points));
    // The file has four bytes more a point, the length of its upper links.
    const bookkeeping = graph.bytes / points - (fileBytes / points - 4);
    expect(bookkeeping).toBeGreaterThan(24);
    expect(bookkeeping).toBeLessThan(40);
  },
);

// See dying-parent.mjs: starts long bulk work, and dies as asked once the first part of it is done.

import { workerData } from 'node:worker_threads';
import { openMiniLmProvider } from '../../../../src/embedding/minilm/minilm-provider.ts';

const { dataDir, death } = workerData as { dataDir: string; death: 'throw' | 'exit' };

const provider = await openMiniLmProvider({
  dataDir,
  precision: 'int8',
  threadsMin: 2,
  threadsMax: 2,
  onProgress: () => {
    if (death === 'exit') process.exit(5);
    setImmediate(() => {
      throw new Error('a fault of our own');
    });
  },
});
const texts = Array.from({ length: 400 }, (_, index) => `error ${index} `.repeat(60));
await provider.embed(texts, { lane: 'bulk', signal: new AbortController().signal });

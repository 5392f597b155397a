// A process whose worker owns an inference pool and dies while the pool is computing. It must live to tell the tale.

import { Worker } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { workerStart, threadUrl } = await import('../../../../src/actor/thread-entry.ts');
const { file, loaderData } = workerStart(
  threadUrl(import.meta.url.replace(/mjs$/, 'ts'), './pool-owner.thread'),
);
const [dataDir, death] = process.argv.slice(2);
const worker = new Worker(file, { workerData: { ...loaderData, dataDir, death } });
worker.on('error', (error) => console.log(`error: ${error.message}`));
worker.on('exit', (code) => console.log(`survived exit ${code}`));

// Starts a thread entry that is still TypeScript (see thread-entry.ts). Not part of dist.

import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const entry = await import(workerData.entry);

/** A worker pool calls its entry's default export; an actor's entry has none. */
export default entry.default;

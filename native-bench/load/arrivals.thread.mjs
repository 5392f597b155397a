// When the requests of an open loop are due, kept by a thread of its own: a timer of the event loop is up to a
// millisecond late, which is more than a search takes, and a loop that polled the clock would take a core from the
// engine. `Atomics.wait` sleeps to within some 60 µs and costs nothing.

import { parentPort, workerData } from 'node:worker_threads';

/** Milliseconds on the clock that all threads of a process share. */
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

/** @type {{ dueMs: Float64Array }} rising, on `nowMs`. */
const { dueMs } = workerData;
const never = new Int32Array(new SharedArrayBuffer(4));
let sent = 0;
while (sent < dueMs.length) {
  const waitMs = dueMs[sent] - nowMs();
  if (waitMs > 0) Atomics.wait(never, 0, 0, waitMs);
  const now = nowMs();
  let count = 0;
  while (sent + count < dueMs.length && dueMs[sent + count] <= now) count++;
  sent += count;
  // How many are due by now; the receiver knows when each one was.
  if (count > 0) parentPort.postMessage(sent);
}

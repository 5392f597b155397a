// Asks the model what each token means by itself: `[CLS] token [SEP]`, and nothing around it. The idea is Model2Vec's
// (Tulkens & van Dongen 2024).

import { setImmediate } from 'node:timers/promises';
import type { InferenceSession } from '../minilm/inference-messages.ts';

const startId = 101;
const endId = 102;
/** Runs of equal length need no padding, and 32 at once are four times as fast as one by one. Some 10 ms. */
const runTokens = 32;

/** The id whose row is that of the empty text. */
export const emptyTextId = startId;

/**
 * Shape [ids × dimensions], rows of unit length, in the order of `ids`; the id of `[CLS]` stands for the empty text. With the
 * int8 model a row depends a little on its neighbours in the run (minilm/onnxruntime-session.ts), so the same ids give the same rows.
 * Blocks the thread for a run at a time. `onProgress` is told after each how many are done.
 */
export async function distilTokens(
  session: InferenceSession,
  ids: readonly number[],
  onProgress: (done: number) => void,
): Promise<Float32Array> {
  const rows = new Float32Array(ids.length * session.dimensions);
  for (let start = 0; start < ids.length; start += runTokens) {
    const run = ids.slice(start, start + runTokens);
    rows.set(await session.run(run.map((id) => [startId, id, endId])), start * session.dimensions);
    const empty = run.indexOf(emptyTextId);
    if (empty >= 0) rows.set(await session.run([[startId, endId]]), (start + empty) * session.dimensions);
    onProgress(start + run.length);
    await setImmediate();
  }
  return rows;
}

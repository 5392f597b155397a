// Entry of a reranking thread. Someone waits for what it does, so it keeps its priority, unlike the threads that embed
// in bulk.

import { workerData } from 'node:worker_threads';
import { systemClock } from '../../base/clock.ts';
import { toFault } from '../../base/errors.ts';
import type { InferenceThreadData } from '../minilm/inference-messages.ts';
import { NativeGate } from '../minilm/native-gate.ts';
import { type CrossEncoderSession, openCrossEncoder } from './cross-encoder-session.ts';
import type { RerankTask, RerankTaskReply } from './rerank-messages.ts';

const { modelPath, gateMemory } = workerData as InferenceThreadData;
const gate = new NativeGate(gateMemory);
/** Null until a load has succeeded: what failed is tried again by the next task. */
let session: CrossEncoderSession | null = null;

export default async function rerank({ query, texts, deadlineMs }: RerankTask): Promise<RerankTaskReply> {
  try {
    session ??= await gate.pass(async () => openCrossEncoder(modelPath));
    const opened = session;
    const scores: number[] = [];
    for (const text of texts) {
      if (systemClock.nowMs() >= deadlineMs) break;
      scores.push(await gate.pass(async () => opened.score(query, text)));
    }
    return { type: 'scored', scores: Float32Array.from(scores) };
  } catch (error) {
    return { type: 'failed', fault: toFault(error) };
  }
}

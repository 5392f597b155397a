// Entry of a pool thread: loads the model once, steps back behind the rest of the process, embeds what it is given.

import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { platform } from 'node:process';
import { workerData } from 'node:worker_threads';
import { embedOneByOne } from './embed-one-by-one.ts';
import type { InferenceReply, InferenceRequest, InferenceThreadData } from './inference-messages.ts';
import { type MiniLmSession, openMiniLmSession } from './minilm-session.ts';
import { NativeGate } from './native-gate.ts';

/** Of 0 (normal) to 19: about a tenth of the share of a thread of normal priority that wants the same core. */
const bulkNiceness = 10;

stepBack();
const { modelPath, gateMemory } = workerData as InferenceThreadData;
const gate = new NativeGate(gateMemory);
let opening: Promise<MiniLmSession> | null = null;

/** A request without texts loads the model and no more. */
export default async function infer({ texts }: InferenceRequest): Promise<InferenceReply> {
  opening ??= gate.pass(() => openMiniLmSession(modelPath));
  const session = await opening;
  return embedOneByOne(texts, (text) => gate.pass(() => session.run([text])));
}

/** Lets queries and commits win the core. Only Linux gives a thread a priority of its own; elsewhere nothing happens. */
function stepBack(): void {
  if (platform !== 'linux') return;
  try {
    // `<pid>/task/<tid>`: to the kernel a thread's id is as good as a process's.
    const threadId = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(threadId, bulkNiceness);
  } catch (error) {
    // Without /proc, or where a sandbox forbids it, bulk work is merely less polite.
    process.emitWarning(`inference thread keeps its normal priority: ${String(error)}`);
  }
}

// What every pool thread does: loads its model once, steps back behind the rest of the process, embeds what it is given.

import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { platform } from 'node:process';
import { workerData } from 'node:worker_threads';
import { embedOneByOne } from './embed-one-by-one.ts';
import type {
  InferenceReply,
  InferenceRequest,
  InferenceSession,
  InferenceThreadData,
} from './inference-messages.ts';
import { NativeGate } from './native-gate.ts';

/** Of 0 (normal) to 19: about a tenth of the share of a thread of normal priority that wants the same core. */
const bulkNiceness = 10;

/** To be called once, by the thread's entry. A request without texts loads the model and no more. */
export function serveInference(
  open: (modelPath: string) => Promise<InferenceSession>,
): (request: InferenceRequest) => Promise<InferenceReply> {
  stepBack();
  const { modelPath, gateMemory } = workerData as InferenceThreadData;
  const gate = new NativeGate(gateMemory);
  let opening: Promise<InferenceSession> | null = null;
  return async ({ texts }) => {
    opening ??= gate.pass(() => open(modelPath));
    const session = await opening;
    const { dimensions } = session;
    const run: InferenceSession['run'] = (some) => gate.pass(() => session.run(some));
    return embedOneByOne(texts, { session: { dimensions, run }, dimensions });
  };
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

// What every pool thread does: loads its model once, steps back behind the rest of the process, embeds what it is given.

import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { platform } from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { embedInRuns } from './embed-in-runs.ts';
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
  return oneByOne(async ({ texts }) => {
    opening ??= gate.pass(() => open(modelPath));
    const session = await opening;
    const { dimensions } = session;
    const run: InferenceSession['run'] = (some) => gate.pass(() => session.run(some));
    return embedInRuns(texts, { session: { ...session, run }, dimensions });
  });
}

/**
 * The pool hands a thread its next task before it asks for one. That task begins when the reply before it is on its way:
 * side by side, both would be late, and nothing would lie ready behind them.
 */
export function oneByOne<Request, Reply>(
  work: (request: Request) => Promise<Reply>,
): (request: Request) => Promise<Reply> {
  let turn: Promise<void> = Promise.resolve();
  return async (request) => {
    const reply = turn.then(() => work(request));
    turn = reply.then(nextTurn, nextTurn);
    return reply;
  };
}

/** The reply is posted in a microtask, so before the event loop's next turn. */
async function nextTurn(): Promise<void> {
  await setImmediate();
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

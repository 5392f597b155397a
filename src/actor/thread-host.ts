// One worker thread from its birth to its end: its two ports, its progress word, and why it ended.

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Clock } from '../base/clock.ts';
import type { DownReason } from './actor-observer.ts';
import type { ActorWorkerData } from './actor-thread.ts';
import type { ChildSpec } from './child-spec.ts';
import { ControlClient } from './control-client.ts';
import { ProgressWord } from './progress-word.ts';
import { workerStart } from './thread-entry.ts';

/** How a thread ended of itself. */
export interface ThreadExit {
  /** Code 0 and no exception: what a `transient` actor is not restarted for. */
  readonly isNormal: boolean;
  readonly reason: DownReason;
  readonly detail: string;
}

export interface ThreadHost {
  readonly workPort: MessagePort;
  readonly control: ControlClient;
  readonly progress: ProgressWord;
  /** Never rejects. The thread has fully ended when it resolves. */
  readonly exited: Promise<ThreadExit>;
  /** Ends the thread by force. */
  terminate(): void;
}

export type SpawnThread = (spec: ChildSpec, clock: Clock) => ThreadHost;

/** Starts a real worker thread. */
export const spawnThread: SpawnThread = (spec, clock) => {
  const work = new MessageChannel();
  const control = new MessageChannel();
  const progress = new ProgressWord();
  const { file, loaderData } = workerStart(spec.entry);
  const actorData: ActorWorkerData = {
    name: spec.name,
    workPort: work.port2,
    controlPort: control.port2,
    progress: progress.shared,
    init: spec.init,
  };
  const worker = new Worker(file, {
    name: spec.name,
    workerData: { ...actorData, ...loaderData },
    transferList: [work.port2, control.port2],
    ...(spec.resourceLimits ? { resourceLimits: spec.resourceLimits } : {}),
  });
  const client = new ControlClient({ actor: spec.name, clock, port: control.port1 });
  let uncaught: Error | null = null;
  worker.on('error', (error: unknown) => {
    uncaught = error instanceof Error ? error : new Error(String(error));
  });
  // The exit event can overtake the thread's last control reply (why its start failed); the port's close cannot.
  const lastReplyRead = new Promise<void>((resolve) => control.port1.once('close', resolve));
  const exited = new Promise<ThreadExit>((resolve) => {
    worker.on('exit', (code) => {
      void lastReplyRead.then(() => {
        resolve(exitOf(code, uncaught));
        client.close();
      });
    });
  });
  return {
    workPort: work.port1,
    control: client,
    progress,
    exited,
    terminate: () => void worker.terminate(),
  };
};

function exitOf(code: number, uncaught: (Error & { code?: string }) | null): ThreadExit {
  if (!uncaught) return { isNormal: code === 0, reason: 'exit', detail: `exit code ${code}` };
  const reason = uncaught.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out_of_memory' : 'error';
  return { isNormal: false, reason, detail: uncaught.message };
}

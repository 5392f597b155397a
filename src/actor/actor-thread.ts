// The first line of every thread entry: `runActor((context, init) => new IndexActor(context, init))`.

import { type MessagePort, workerData } from 'node:worker_threads';
import { type Clock, systemClock } from '../base/clock.ts';
import type { TasksOf } from './actor.ts';
import { type ActorFactory, serveActor } from './actor-service.ts';
import { ProgressWord } from './progress-word.ts';

/** What a thread is started with. `init` is the child spec's own part. */
export interface ActorWorkerData {
  readonly name: string;
  readonly workPort: MessagePort;
  readonly controlPort: MessagePort;
  readonly progress: SharedArrayBuffer;
  readonly init: unknown;
}

/** Serves the actor that `factory` makes until the supervisor stops it. To be called once, on the actor's own thread. */
export function runActor<T extends TasksOf<T>>(
  factory: ActorFactory<T>,
  options: { readonly clock?: Clock } = {},
): void {
  const { name, workPort, controlPort, progress, init } = workerData as ActorWorkerData;
  serveActor(
    {
      name,
      init,
      workPort,
      controlPort,
      progress: new ProgressWord(progress),
      clock: options.clock ?? systemClock,
      // In a worker this ends the thread alone; whatever a library left open must not keep it.
      exit: (code) => process.exit(code),
    },
    factory,
  );
}

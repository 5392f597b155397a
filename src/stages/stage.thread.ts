// The one thread entry of all stages: it loads only the stage that it is asked for, so that no thread carries another
// one's native libraries.

import { workerData } from 'node:worker_threads';
import { type ActorWorkerData, runActor } from '../actor/actor-thread.ts';
import { assertNever } from '../base/assert.ts';
import type { StageInit } from './stage-init.ts';

const stage = (workerData as ActorWorkerData).init as StageInit;

switch (stage.type) {
  case 'extract': {
    const { createExtractActor } = await import('./extract/extract.actor.ts');
    runActor((context) => createExtractActor(context));
    break;
  }
  case 'clean': {
    const { createCleanActor } = await import('./clean/clean.actor.ts');
    runActor((context) => createCleanActor(context, stage.init));
    break;
  }
  case 'embed': {
    const { createEmbedActor } = await import('./embed/embed.actor.ts');
    runActor((context) => createEmbedActor(context, stage.init));
    break;
  }
  case 'index': {
    const { createIndexActor } = await import('./index/index.actor.ts');
    runActor((context) => createIndexActor(context, stage.init));
    break;
  }
  default:
    assertNever(stage);
}

// The index actor: a shard behind a mailbox. Searches come in the urgent lane and are synchronous, so they run between
// two units of other work, unless a collection has to be loaded first; commits await the disk, so several are in flight and
// share a flush; insertions into graphs go on beside all of it, on a native thread.

import type { ActorBehavior, ActorContext } from '../../actor/actor.ts';
import { KmsError } from '../../base/errors.ts';
import type { IndexInit } from './index-init.ts';
import type { IndexTasks } from './index-messages.ts';
import { Shard, type ShardFaults } from './shard.ts';
import { compare } from './shard-reads.ts';

export type { IndexInit } from './index-init.ts';

/** Those of single documents, which share a flush; of larger batches CommitWindow lets in fewer. */
const commitsInFlightMax = 32;

/** Opens <dataDir>/shard-NN at start; that folder belongs to this actor alone. */
export function createIndexActor(
  context: ActorContext,
  init: IndexInit,
  faults: ShardFaults = {},
): ActorBehavior<IndexTasks> {
  let opened: Shard | null = null;
  const shard = (): Shard => {
    if (opened === null) throw new KmsError('unavailable', 'the shard is not open');
    return opened;
  };
  return {
    bulkConcurrency: commitsInFlightMax,
    tasks: {
      compare: ({ items }) => ({ verdicts: items.map((item) => compare(shard().store, item)) }),
      commit: async (batch, task) => ({ receipts: await shard().commit(batch, task) }),
      delete: async ({ keys }) => ({ commitSequences: await shard().delete(keys) }),
      search: (query, task) => shard().search(query, task),
      describeTerms: (question, task) => shard().describeTerms(question, task),
      fetch: ({ keys, ...options }, task) => ({ documents: shard().fetch(keys, options, task) }),
      list: (page, task) => shard().list(page, task),
      collections: () => ({ collections: shard().collections() }),
      snapshot: async () => ({ commitSequence: await shard().snapshot() }),
    },
    start: async () => {
      const startMs = context.clock.nowMs();
      opened = Shard.open(init, context, faults);
      await opened.load();
      const tookMs = Math.round(context.clock.nowMs() - startMs);
      context.log.info({ ...opened.stats(), tookMs }, 'shard is ready');
      context.wake();
    },
    background: () => opened?.step() ?? false,
    drain: async () => {
      // Without it the next start takes longer; that is no reason to fail a clean stop.
      await shard()
        .snapshot()
        .catch((error: unknown) => context.log.error({ error: String(error) }, 'no snapshot at the stop'));
    },
    stop: async () => {
      const closing = opened;
      opened = null;
      await closing?.close();
    },
    stats: () => opened?.stats() ?? {},
  };
}

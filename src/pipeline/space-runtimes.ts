// The vector spaces that run: for each generation the actors that embed and index in it. A flow looks its generation up
// and holds on to it for as long as the call lasts, so a generation is closed only when nobody is inside.

import type { ActorRef } from '../actor/actor.ts';
import { type Deferred, deferred } from '../base/deferred.ts';
import { KmsError } from '../base/errors.ts';
import type { VectorSpace } from '../model/vector-space.ts';
import type { EmbedTasks } from '../stages/embed/embed-messages.ts';
import type { IndexTasks } from '../stages/index/index-messages.ts';
import type { IngestLine } from './ingest-line.ts';
import type { SpaceSearch } from './space-search.ts';
import type { StageCalls } from './stage-calls.ts';

export interface SpaceRuntime {
  readonly generation: string;
  readonly space: VectorSpace;
  readonly stages: StageCalls;
  readonly line: IngestLine;
  readonly search: SpaceSearch;
  readonly embed: ActorRef<EmbedTasks>;
  /** By shard number; every space has the same number of shards. */
  readonly shards: readonly ActorRef<IndexTasks>[];
}

interface Entry {
  readonly runtime: SpaceRuntime;
  users: number;
  /** Resolved when the last user has left a runtime that was removed. */
  left: Deferred<void> | null;
}

export class SpaceRuntimes {
  /** In the order of their start; bounded by the generations that collections use. */
  readonly #entries = new Map<string, Entry>();

  add(runtime: SpaceRuntime): void {
    this.#entries.set(runtime.generation, { runtime, users: 0, left: null });
  }

  all(): readonly SpaceRuntime[] {
    return [...this.#entries.values()].map(({ runtime }) => runtime);
  }

  has(generation: string): boolean {
    return this.#entries.has(generation);
  }

  /** Throws `unavailable` for a generation that does not run. */
  of(generation: string): SpaceRuntime {
    return this.#entry(generation).runtime;
  }

  /** Runs `work` with the generation's actors, which stay until it has settled. */
  async use<T>(generation: string, work: (runtime: SpaceRuntime) => Promise<T>): Promise<T> {
    const entry = this.#entry(generation);
    entry.users += 1;
    try {
      return await work(entry.runtime);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) entry.left?.resolve();
    }
  }

  /** From now on nobody finds it; resolves when the last one who had found it has left. */
  async remove(generation: string): Promise<void> {
    const entry = this.#entries.get(generation);
    if (entry === undefined) return;
    this.#entries.delete(generation);
    if (entry.users === 0) return;
    entry.left = deferred();
    await entry.left.promise;
  }

  #entry(generation: string): Entry {
    const entry = this.#entries.get(generation);
    if (entry !== undefined) return entry;
    throw new KmsError('unavailable', `the generation ${generation} does not run`, { facts: { generation } });
  }
}

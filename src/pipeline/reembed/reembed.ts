// Moves a collection to another model while it serves: estimate, fill beside the old generation, compare, switch, and
// either roll back or drop what is no longer wanted. What a collection's record says is what a restart goes on with.

import type { Clock } from '../../base/clock.ts';
import { type Fault, KmsError, toFault } from '../../base/errors.ts';
import type { Settings } from '../../config/settings.ts';
import { resolveSpace } from '../../embedding/embedding-spaces.ts';
import { generationOf } from '../../model/vector-space.ts';
import type { Log } from '../../observability/logger.ts';
import { cleanerVersion } from '../../stages/clean/cleaner-version.ts';
import type { StateStore } from '../../storage/state-store.ts';
import type { CollectionRecord, CollectionRegistry } from '../collection-registry.ts';
import type {
  CallOptions,
  GenerationComparison,
  ModelChoice,
  ReembedApi,
  ReembedEstimate,
  ReembedProgress,
  ReembedStatus,
} from '../engine-api.ts';
import { generationsOf, newSpaceEntry } from '../space-folders.ts';
import type { SpaceHost } from '../space-host.ts';
import type { SpaceRuntimes } from '../space-runtimes.ts';
import type { CollectionFollowers } from './collection-followers.ts';
import type { GenerationFollower } from './generation-follower.ts';
import { GenerationQuestions } from './generation-questions.ts';
import { specOfChoice } from './model-choice.ts';
import { purgeCollection } from './purge-collection.ts';

export interface ReembedOptions {
  readonly collections: CollectionRegistry;
  readonly spaces: SpaceRuntimes;
  readonly followers: CollectionFollowers;
  readonly host: SpaceHost;
  readonly store: StateStore;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
}

const nothing: ReembedProgress = {
  total: 0,
  compared: 0,
  written: 0,
  unchanged: 0,
  removed: 0,
  waiting: 0,
  rejected: 0,
  fromClientVectors: 0,
};

export class Reembed implements ReembedApi {
  readonly #options: ReembedOptions;
  readonly #questions: GenerationQuestions;
  readonly #stopping = new AbortController();
  /** Changes of generations happen one after the other: two of them could open and close the same space. */
  #last: Promise<unknown> = Promise.resolve();
  /** Removals under way, by collection. */
  readonly #drops = new Map<string, Promise<void>>();
  readonly #comparisons = new Map<string, GenerationComparison>();
  readonly #dropFaults = new Map<string, Fault>();

  constructor(options: ReembedOptions) {
    this.#options = options;
    this.#questions = new GenerationQuestions(options);
  }

  /** Goes on where the engine stopped. To be called when the spaces run. */
  resume(): void {
    for (const record of this.#options.collections.records()) {
      const { name: collection, target, previous } = record;
      const generation = target ?? previous;
      const isWayBack = target === null;
      if (generation !== null)
        this.#options.followers.follow({ collection, generation, isLevel: false, isWayBack });
      if (record.dropping !== null) this.#removeLater(record.name, record.dropping);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new KmsError('cancelled', 'the engine stops'));
    await this.#options.followers.stop();
    await Promise.all(this.#drops.values());
    await this.#last;
  }

  /** See ReembedApi. */
  estimate(name: string, choice: ModelChoice, call: CallOptions): Promise<ReembedEstimate> {
    return this.#questions.estimate(name, choice, call);
  }

  /** See ReembedApi. */
  start(name: string, choice: ModelChoice): Promise<ReembedStatus> {
    return this.#inTurn(async () => {
      const record = this.#options.collections.require(name);
      const spec = specOfChoice(choice);
      const generation = generationOf(await resolveSpace(spec, cleanerVersion));
      if (generation === record.generation) throw precondition(name, `is of ${generation} already`, record);
      if (generationsOf(record).length > 1)
        throw precondition(name, 'has a second generation: switch to it, or drop it first', record);
      await this.#open(generation, spec);
      const { collections, followers, log } = this.#options;
      await collections.update(name, { target: generation }, () => {
        followers.follow({ collection: name, generation, isLevel: false });
        return true;
      });
      log.info({ collection: name, from: record.generation, to: generation }, 'second generation is filled');
      return this.status(name);
    });
  }

  /** See ReembedApi. */
  status(name: string): ReembedStatus {
    const record = this.#options.collections.require(name);
    const follower = this.#options.followers.of(name);
    return {
      collection: name,
      state: stateOf(record, follower),
      generation: record.generation,
      otherGeneration: record.target ?? record.previous ?? record.dropping ?? '',
      progress: follower?.progress() ?? nothing,
      fault: follower?.fault ?? this.#dropFaults.get(name) ?? null,
      comparison: follower === undefined ? null : (this.#comparisons.get(name) ?? null),
    };
  }

  /** See ReembedApi. */
  async compare(name: string, call: CallOptions): Promise<ReembedStatus> {
    const follower = this.#options.followers.of(name);
    if (follower !== undefined)
      this.#comparisons.set(name, await this.#questions.compare(name, follower.generation, call));
    return this.status(name);
  }

  /** See ReembedApi. */
  switch(name: string, { allowRejected }: { readonly allowRejected: boolean }): Promise<ReembedStatus> {
    return this.#inTurn(async () => {
      const record = this.#options.collections.require(name);
      const { generation, target } = record;
      if (target === null)
        throw precondition(name, 'has no generation to switch to: start a reembed', record);
      await this.#exchange(record, { generation: target, target: null, previous: generation }, allowRejected);
      return this.status(name);
    });
  }

  /** See ReembedApi. */
  rollback(name: string, { allowRejected }: { readonly allowRejected: boolean }): Promise<ReembedStatus> {
    return this.#inTurn(async () => {
      const record = this.#options.collections.require(name);
      const { generation, previous } = record;
      if (previous === null) throw precondition(name, 'has no generation to go back to', record);
      await this.#exchange(
        record,
        { generation: previous, target: generation, previous: null },
        allowRejected,
      );
      return this.status(name);
    });
  }

  /** See ReembedApi. */
  drop(name: string): Promise<ReembedStatus> {
    return this.#inTurn(async () => {
      const { collections, followers } = this.#options;
      const record = collections.require(name);
      if (record.dropping !== null) {
        // Asked for again after it failed: try again.
        if (!this.#drops.has(name)) this.#removeLater(name, record.dropping);
        return this.status(name);
      }
      const dropping = record.target ?? record.previous;
      if (dropping === null) throw precondition(name, 'has one generation only', record);
      const follower = followers.of(name);
      await collections.update(name, { target: null, previous: null, dropping }, () => {
        followers.forget(name);
        return true;
      });
      this.#comparisons.delete(name);
      await follower?.stop();
      this.#removeLater(name, dropping);
      return this.status(name);
    });
  }

  /**
   * The other generation answers from the next search on; queries under way end where they began. A write that is under
   * way is answered only when it is in the generation that answers then (see IngestFlow).
   */
  async #exchange(
    record: CollectionRecord,
    change: Pick<CollectionRecord, 'generation' | 'target' | 'previous'>,
    allowRejected: boolean,
  ): Promise<void> {
    const { collections, followers, log } = this.#options;
    const { name } = record;
    const follower = followers.of(name);
    const checkLevel = () => {
      if (follower?.isLevel !== true || follower.fault !== null)
        throw precondition(name, 'lacks documents in its second generation: wait until it is ready', record);
    };
    checkLevel();
    const { rejected } = (follower as GenerationFollower).progress();
    if (rejected > 0 && !allowRejected) {
      const reason = `has ${rejected} documents that the other model refuses: allow their loss from searches, or change them`;
      throw precondition(name, reason, record);
    }
    const exchange = async () => {
      const isDone = await collections.update(name, change, () => {
        if (follower?.isLevel !== true) return false;
        followers.follow({
          collection: name,
          generation: record.generation,
          isLevel: true,
          isWayBack: change.target === null,
        });
        return true;
      });
      if (!isDone) throw new KmsError('aborted', 'a write has not reached the second generation: try again');
    };
    const exchanging = exchange();
    (follower as GenerationFollower).holdAcknowledgements(exchanging);
    await exchanging;
    await follower?.stop();
    const notedIds = follower?.notedIds ?? [];
    followers.of(name)?.note(notedIds.map((id) => ({ collection: name, id })));
    log.info({ collection: name, from: record.generation, to: change.generation }, 'collection switched');
  }

  async #open(generation: string, spec: ReturnType<typeof specOfChoice>): Promise<void> {
    const { host, store } = this.#options;
    if (host.has(generation)) return;
    const stored = store.spaces();
    const known = stored.find((candidate) => candidate.generation === generation);
    const entry = known ?? newSpaceEntry({ generation, spec }, stored);
    try {
      await host.open({ ...entry, spec });
    } catch (error) {
      // It holds nothing that a collection needs.
      if (!this.#isUsed(generation)) await host.remove(generation);
      throw error;
    }
  }

  #removeLater(name: string, generation: string): void {
    this.#dropFaults.delete(name);
    const removal = this.#remove(name, generation)
      .catch((error: unknown) => {
        const fault = toFault(error);
        this.#dropFaults.set(name, fault);
        this.#options.log.warn({ collection: name, generation, fault }, 'generation could not be removed');
      })
      .finally(() => this.#drops.delete(name));
    this.#drops.set(name, removal);
  }

  async #remove(name: string, generation: string): Promise<void> {
    const { collections, spaces, host } = this.#options;
    const { signal } = this.#stopping;
    const isShared = () => this.#isUsed(generation, name) || generation === collections.defaultGeneration;
    if (isShared() && spaces.has(generation))
      await spaces.use(generation, (runtime) => purgeCollection(runtime, name, { signal, deadlineMs: null }));
    await this.#inTurn(async () => {
      if (!isShared()) await host.remove(generation);
      await collections.update(name, { dropping: null });
    });
    this.#dropFaults.delete(name);
  }

  /** Whether a collection other than `except` has this generation. */
  #isUsed(generation: string, except = ''): boolean {
    const others = this.#options.collections.records().filter(({ name }) => name !== except);
    return others.some((record) => generationsOf(record).includes(generation));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    // The next one does not care how this one ended.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function stateOf(record: CollectionRecord, follower: GenerationFollower | undefined): ReembedStatus['state'] {
  if (record.dropping !== null) return 'dropping';
  if (record.previous !== null) return 'switched';
  if (record.target === null) return 'idle';
  return follower?.isLevel === true ? 'ready' : 'filling';
}

function precondition(name: string, reason: string, { generation }: CollectionRecord): KmsError {
  return new KmsError('failed_precondition', `collection ${JSON.stringify(name)} ${reason}`, {
    facts: { collection: name, generation },
  });
}

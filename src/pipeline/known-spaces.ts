// At the start of an engine: the spaces that its data folder needs.

import { toFault } from '../base/errors.ts';
import type { EmbeddingSpec } from '../model/embedding-spec.ts';
import type { Log } from '../observability/logger.ts';
import type { StateStore } from '../storage/state-store.ts';
import type { CollectionRegistry } from './collection-registry.ts';
import { defaultSpaceEntry, knownSpaces, spacesInUse } from './space-folders.ts';
import type { SpaceHost } from './space-host.ts';
import type { SpaceRuntimes } from './space-runtimes.ts';

/**
 * Adds the space of the settings first, then those of collections that were made with other settings, or are moved.
 * Rejects when one that serves cannot be; one that is only beside it stays away, and its follower says so.
 */
export async function addKnownSpaces(
  settingsSpace: { readonly generation: string; readonly spec: EmbeddingSpec },
  parts: {
    readonly host: SpaceHost;
    readonly store: StateStore;
    readonly collections: CollectionRegistry;
    readonly log: Log;
  },
): Promise<void> {
  const { host, store, collections, log } = parts;
  const known = knownSpaces(store.spaces(), collections.records());
  const own = defaultSpaceEntry(settingsSpace, known);
  const others = known.filter(({ generation }) => generation !== own.generation);
  for (const entry of [...others, own]) await store.putSpace(entry);
  await host.add(own);
  for (const entry of spacesInUse([...others, own], collections.records())) {
    const { generation } = entry;
    if (host.has(generation)) continue;
    const isServing = collections.servingGenerations.includes(generation);
    const facts = { generation, newCollections: own.generation };
    if (isServing)
      log.warn(facts, 'collections of another model than the settings name: `kms reembed` moves them');
    try {
      await host.add(entry);
    } catch (error) {
      if (isServing) throw error;
      log.error({ generation, fault: toFault(error) }, 'a second generation cannot be opened');
    }
  }
}

/** Resolves when every space that serves is up. The others come up beside. */
export async function startServingSpaces(parts: {
  readonly host: SpaceHost;
  readonly spaces: SpaceRuntimes;
  readonly collections: CollectionRegistry;
}): Promise<void> {
  const { host, spaces, collections } = parts;
  const serving = new Set([collections.defaultGeneration, ...collections.servingGenerations]);
  const starts = spaces.all().map(({ generation }) => ({ generation, started: host.start(generation) }));
  // Whoever waits for such a space hears of its end from the asks themselves.
  for (const { generation, started } of starts) if (!serving.has(generation)) started.catch(() => undefined);
  await Promise.all(starts.flatMap(({ generation, started }) => (serving.has(generation) ? [started] : [])));
}

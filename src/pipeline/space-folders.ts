// Which vector spaces a data folder has, which of them must run, and where each one lies. The first generation of a
// folder lies in the folder itself, every other one in a folder of its own below `spaces/`.

import { createHash } from 'node:crypto';
import { KmsError } from '../base/errors.ts';
import type { EmbeddingSpec } from '../model/embedding-spec.ts';
import type { SpaceEntry } from '../storage/state-store.ts';
import type { CollectionRecord } from './collection-registry.ts';

/** What was embedded with before data folders recorded their spaces. */
const firstSpec: EmbeddingSpec = { provider: 'minilm', precision: 'int8' };

/** A name that is safe in a path and as a metric label, and different for different generations. */
export function slugOf(generation: string): string {
  const readable = generation.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const hash = createHash('sha256').update(generation).digest('hex').slice(0, 8);
  return `${readable.slice(0, 48)}-${hash}`;
}

/** The entry for a generation that the folder does not have yet. */
export function newSpaceEntry(
  space: { readonly generation: string; readonly spec: EmbeddingSpec },
  stored: readonly SpaceEntry[],
): SpaceEntry {
  const isFirst = stored.length === 0;
  return { ...space, folder: isFirst ? '' : `spaces/${slugOf(space.generation)}` };
}

/** The entry of the settings' space: what is recorded of it, with the spec as it is written now. */
export function defaultSpaceEntry(
  space: { readonly generation: string; readonly spec: EmbeddingSpec },
  known: readonly SpaceEntry[],
): SpaceEntry {
  const recorded = known.find(({ generation }) => generation === space.generation);
  return recorded === undefined ? newSpaceEntry(space, known) : { ...recorded, spec: space.spec };
}

/** The spaces that are recorded, and for a folder from before there were records, the one that it must have. */
export function knownSpaces(
  stored: readonly SpaceEntry[],
  collections: readonly CollectionRecord[],
): readonly SpaceEntry[] {
  const [first] = collections;
  if (stored.length > 0 || first === undefined) return stored;
  return [{ generation: first.generation, spec: firstSpec, folder: '' }];
}

/** The generations that some collection needs, each with its entry. Throws `data_loss` for one that has none. */
export function spacesInUse(
  known: readonly SpaceEntry[],
  collections: readonly CollectionRecord[],
): readonly SpaceEntry[] {
  // One that is being removed need not run for that.
  const used = new Set(collections.flatMap((record) => generationsOf({ ...record, dropping: null })));
  return [...used].map((generation) => {
    const entry = known.find((candidate) => candidate.generation === generation);
    if (entry !== undefined) return entry;
    throw new KmsError('data_loss', `the data folder does not say which model ${generation} is`, {
      facts: { generation },
    });
  });
}

export function generationsOf({ generation, target, previous, dropping }: CollectionRecord): string[] {
  return [generation, target, previous, dropping].filter((name) => name !== null);
}

// The followers of all collections that have a second generation; where writers look for them.

import type { WriteFollowers } from '../ingest-flow.ts';
import { type FollowerParts, GenerationFollower } from './generation-follower.ts';

export class CollectionFollowers implements WriteFollowers {
  readonly #parts: FollowerParts;
  /** By collection. Bounded by the collections. */
  readonly #followers = new Map<string, GenerationFollower>();

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  of(collection: string): GenerationFollower | undefined {
    return this.#followers.get(collection);
  }

  /** From now on every write to the collection goes to this generation too. */
  follow(options: {
    readonly collection: string;
    readonly generation: string;
    readonly isLevel: boolean;
    readonly isWayBack?: boolean;
  }): GenerationFollower {
    const follower = new GenerationFollower({ ...this.#parts, ...options });
    this.#followers.set(options.collection, follower);
    follower.start();
    return follower;
  }

  forget(collection: string): void {
    this.#followers.delete(collection);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#followers.values()].map((follower) => follower.stop()));
  }
}

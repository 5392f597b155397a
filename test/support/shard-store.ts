// A shard's store in a folder of its own, closed when the test has finished.

import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { CommitSequence } from '../../src/storage/commit-sequence.ts';
import { ShardStore, type ShardStoreOptions } from '../../src/storage/shard-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

export function openShardStore(
  options: Pick<ShardStoreOptions, 'dimensions'> & Partial<ShardStoreOptions>,
): ShardStore {
  const store = new ShardStore({
    dataDir: options.dataDir ?? temporaryFolder(),
    shard: 0,
    shardCount: 1,
    mapBytesMax: 2 ** 28,
    sequence: new CommitSequence(),
    clock: systemClock,
    ...options,
  });
  onTestFinished(() => store.close());
  return store;
}

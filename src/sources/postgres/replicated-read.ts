// A table with change data capture: the slot is made before the first row is read, so that no change falls between the
// load and the stream; then every sync reads the slot to the end of the log.

import type { ChangesSpec } from '../source-spec.ts';
import type { ReadOptions, SourceBatch } from '../sync-source.ts';
import { ChangeStream, type ChangeStreamParts } from './change-stream.ts';
import { emptyCheckpoint, type PostgresCheckpoint } from './checkpoint.ts';
import { formatPosition } from './log-position.ts';
import { checkReplication } from './replication-check.ts';
import { ReplicationSlot } from './replication-slot.ts';
import type { SlotKeeper } from './slot-keeper.ts';
import type { TableScanParts } from './table-scan.ts';
import { TableSync } from './table-sync.ts';

export interface ReplicatedParts extends TableScanParts {
  readonly names: Extract<ChangesSpec, { type: 'cdc' }>;
  readonly keeper: SlotKeeper;
}

export async function* readReplicated(
  parts: ReplicatedParts,
  options: ReadOptions,
  previous: PostgresCheckpoint,
): AsyncGenerator<SourceBatch> {
  const { spec, connection, names, keeper } = parts;
  const relationId = await checkReplication(spec, connection);
  const slot = new ReplicationSlot(connection, spec, names);
  await slot.ensurePublication();
  const confirmed = await keeper.exclusively(() => slot.confirmed());
  let checkpoint = previous;
  if (confirmed === null || checkpoint.lsn === null) {
    // Without the slot of before, nobody knows what has changed since: all is read again, and what is gone is looked for.
    const position = confirmed ?? (await keeper.exclusively(() => slot.create()));
    const isFull = previous.lsn !== null || isFullLoad(previous);
    checkpoint = emptyCheckpoint(spec, { lsn: formatPosition(position), isFull });
  }
  if (options.mode !== 'incremental' || checkpoint.scan !== null)
    yield* new TableSync(parts, options, checkpoint).run();
  else {
    const exclusively: ChangeStreamParts['exclusively'] = (action) => keeper.exclusively(action);
    yield* new ChangeStream(
      { ...parts, slot, publication: names.publication, relationId, exclusively },
      options,
      checkpoint,
    ).run();
  }
}

function isFullLoad({ scan }: PostgresCheckpoint): boolean {
  return scan?.type === 'load' && scan.isFull;
}

// A table with change data capture: the slot is made before the first row is read, so that no change falls between the
// load and the stream; then every sync reads the slot to the end of the log.

import { KmsError } from '../../base/errors.ts';
import type { ChangesSpec } from '../source-spec.ts';
import type { ReadOptions, SourceBatch } from '../sync-source.ts';
import { ChangeStream, type ChangeStreamParts } from './change-stream.ts';
import { emptyCheckpoint, type PostgresCheckpoint, toSourceCheckpoint } from './checkpoint.ts';
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
  if (confirmed === null && previous.lsn !== null) {
    if (options.mode !== 'incremental') {
      const message = 'the replication slot is gone: start an incremental sync, which reads everything again';
      throw new KmsError('failed_precondition', message);
    }
    // Noted before a new slot is made: a crash in between would leave a slot that begins after what was never read.
    yield { changes: [], checkpoint: toSourceCheckpoint(emptyCheckpoint(spec, { lsn: null, isFull: true })) };
    throw new KmsError('unavailable', 'the replication slot is gone: everything is read again');
  }
  let checkpoint = previous;
  if (confirmed === null || checkpoint.lsn === null) {
    // Without the slot of before, nobody knows what has changed since: all is read again, and what is gone is looked for.
    const position = confirmed ?? (await keeper.exclusively(() => slot.create()));
    const isFull = isFullLoad(previous);
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

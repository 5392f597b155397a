// A PostgreSQL table or query as a source of changes. Each read has a connection of its own, so that nothing survives a
// fault of the one before; what must last is in the checkpoint.

import type { Clock } from '../../base/clock.ts';
import { KmsError } from '../../base/errors.ts';
import type { SyncMode } from '../../model/job.ts';
import type { PostgresSpec } from '../source-spec.ts';
import type { ReadOptions, SourceBatch, SourceChange, SourceCheckpoint, SyncSource } from '../sync-source.ts';
import { emptyCheckpoint, readCheckpoint } from './checkpoint.ts';
import { PostgresConnection } from './connection.ts';
import { listen } from './listen.ts';
import { parsePosition } from './log-position.ts';
import { readReplicated } from './replicated-read.ts';
import { checkReplication } from './replication-check.ts';
import { RowMapper } from './row-mapper.ts';
import { SlotKeeper } from './slot-keeper.ts';
import { TableScan, type TableScanParts } from './table-scan.ts';
import { readTableShape } from './table-shape.ts';
import { TableSync } from './table-sync.ts';
import { startWatchLoop } from './watch-loop.ts';

export class PostgresSource implements SyncSource {
  readonly kind = 'postgres';
  readonly watch: SyncSource['watch'];
  readonly #spec: PostgresSpec;
  readonly #clock: Clock;
  /** Null without change data capture. */
  readonly #keeper: SlotKeeper | null;
  #watchFailures = 0;

  constructor(spec: PostgresSpec, clock: Clock) {
    this.#spec = spec;
    this.#clock = clock;
    this.#keeper = spec.changes.type === 'cdc' ? new SlotKeeper(spec, spec.changes, clock) : null;
    this.watch = spec.changes.type === 'polling' ? null : (onChange, signal) => this.#watch(onChange, signal);
  }

  get name(): string {
    return this.#spec.name;
  }

  get everyMs(): number | null {
    return this.#spec.everyMs;
  }

  estimate(from: SourceCheckpoint | null, mode: SyncMode): Promise<number | null> {
    return this.#withTable(async (parts) => {
      const scan = new TableScan(parts);
      const checkpoint = readCheckpoint(from, this.#spec);
      const at = checkpoint?.scan ?? null;
      if (mode !== 'incremental' || checkpoint === null) return scan.count({ type: 'load', afterId: null });
      if (at?.type === 'load') return scan.count(at);
      if (at?.type === 'changes') return scan.count({ type: 'after', time: at.afterTime, id: at.afterId });
      if (this.#keeper !== null) return null;
      const { watermark } = checkpoint;
      return scan.count(
        watermark === null ? { type: 'load', afterId: null } : { type: 'from', time: watermark },
      );
    });
  }

  async *read(from: SourceCheckpoint | null, options: ReadOptions): AsyncGenerator<SourceBatch> {
    const { signal } = options;
    throwIfCancelled(signal);
    const connection = await this.#connect();
    const cancel = () => void connection.close();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const parts = await this.#partsOf(connection);
      const checkpoint = readCheckpoint(from, this.#spec);
      const { changes } = this.#spec;
      const fresh = emptyCheckpoint(this.#spec, { lsn: null, isFull: from !== null });
      if (changes.type === 'cdc' && this.#keeper !== null)
        yield* readReplicated(
          { ...parts, names: changes, keeper: this.#keeper },
          options,
          checkpoint ?? fresh,
        );
      else yield* new TableSync(parts, options, checkpoint ?? fresh).run();
    } catch (error) {
      throwIfCancelled(signal);
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
      await connection.close();
    }
  }

  /** A slot that cannot be moved now is moved by the next checkpoint. */
  async confirm(checkpoint: SourceCheckpoint): Promise<void> {
    const { lsn = null } = readCheckpoint(checkpoint, this.#spec) ?? {};
    if (this.#keeper === null || lsn === null) return;
    try {
      await this.#keeper.advance(parsePosition(lsn));
    } catch (error) {
      if (!(error instanceof KmsError) || error.code !== 'unavailable') throw error;
      this.#watchFailures += 1;
    }
  }

  async #watch(onChange: () => void, signal: AbortSignal): Promise<() => Promise<void>> {
    const { url, name: source, statementTimeoutMs, changes } = this.#spec;
    let isAgain = false;
    const attempt = async (ending: AbortSignal) => {
      if (this.#keeper !== null) return this.#keeper.watch(onChange, ending);
      const channel = changes.type === 'notify' ? changes.channel : '';
      const listening = listen(onChange, { url, source, statementTimeoutMs, channel, isAgain }, ending);
      isAgain = true;
      return listening;
    };
    const onFailure = () => {
      this.#watchFailures += 1;
    };
    const loop = startWatchLoop(attempt, { clock: this.#clock, signal, onFailure });
    return () => loop.stop();
  }

  sample(limit: number): Promise<readonly SourceChange[]> {
    return this.#withTable(async (parts) => {
      if (this.#spec.changes.type === 'cdc') await checkReplication(this.#spec, parts.connection);
      for await (const rows of new TableScan(parts).load(null, limit))
        return rows.map((row) => parts.mapper.change(row));
      return [];
    });
  }

  /** `watchFailures`: how often the way to hear of changes was lost. `slotLagBytes`: log that the server keeps for us. */
  async stats(): Promise<Readonly<Record<string, number>>> {
    if (this.watch === null) return {};
    const lag = (await this.#keeper?.lagBytes()) ?? null;
    return { watchFailures: this.#watchFailures, ...(lag === null ? {} : { slotLagBytes: lag }) };
  }

  async close(): Promise<void> {
    await this.#keeper?.close();
  }

  async #withTable<T>(action: (parts: TableScanParts) => Promise<T>): Promise<T> {
    const connection = await this.#connect();
    try {
      return await action(await this.#partsOf(connection));
    } finally {
      await connection.close();
    }
  }

  #connect(): Promise<PostgresConnection> {
    const { url, name, statementTimeoutMs } = this.#spec;
    return PostgresConnection.open({ url, source: name, statementTimeoutMs });
  }

  async #partsOf(connection: PostgresConnection): Promise<TableScanParts> {
    const shape = await readTableShape(this.#spec, connection);
    return { spec: this.#spec, shape, mapper: new RowMapper(this.#spec, shape), connection };
  }
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new KmsError('cancelled', 'reading the source was stopped');
}

// Every source of the sources file, ready to be read. Nothing is connected to before it is asked for something.

import type { Clock } from '../base/clock.ts';
import { FileSyncSource } from './file-sync-source.ts';
import { loadSourceSpecs } from './load-source-specs.ts';
import { PostgresSource } from './postgres/postgres-source.ts';
import type { SyncSource } from './sync-source.ts';

export interface SourcesContext {
  /** Where the addresses of databases are, under the names that the file gives. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** Throws `invalid_argument` with a violation for each fault of the file. See `loadSourceSpecs`. */
export async function openSources(path: string, context: SourcesContext): Promise<readonly SyncSource[]> {
  const specs = await loadSourceSpecs(path, context.env);
  return specs.map((spec) =>
    spec.type === 'postgres' ? new PostgresSource(spec, context.clock) : new FileSyncSource(spec),
  );
}

// Every source of the sources file, ready to be read. Nothing is connected to before it is asked for something.

import type { Clock } from '../base/clock.ts';
import { loadSourceSpecs } from './load-source-specs.ts';
import type { SourceSpec } from './source-spec.ts';
import type { SyncSource } from './sync-source.ts';

export interface SourcesContext {
  /** Where the addresses of databases are, under the names that the file gives. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** Throws `invalid_argument` with a violation for each fault of the file. See `loadSourceSpecs`. */
export async function openSources(path: string, context: SourcesContext): Promise<readonly SyncSource[]> {
  const specs = await loadSourceSpecs(path, context.env);
  return Promise.all(specs.map((spec) => openSource(spec, context)));
}

/** Each kind is loaded only when it is named: an engine without a database waits for no driver. */
async function openSource(spec: SourceSpec, { clock }: SourcesContext): Promise<SyncSource> {
  if (spec.type === 'postgres') {
    const { PostgresSource } = await import('./postgres/postgres-source.ts');
    return new PostgresSource(spec, clock);
  }
  const { FileSyncSource } = await import('./file-sync-source.ts');
  return new FileSyncSource(spec);
}

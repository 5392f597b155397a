// The sources file: read whole and checked whole, so that an operator sees all its faults at once, each with its path.

import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type FieldViolation, KmsError } from '../base/errors.ts';
import { settingsSchema } from '../config/settings-schema.ts';
import { readSourceSpec } from './read-source-spec.ts';
import type { SourceSpec } from './source-spec.ts';
import { SpecFields } from './spec-fields.ts';

/** A source takes some 1 KiB; more than this is another file. */
const fileBytesMax = 1024 * 1024;
const sourcesMax = 256;

/**
 * The sources of the file at `path`; none when it is the default file and does not exist. Throws `invalid_argument` with a
 * violation for each fault (`sources[0].columns.id: is missing`). `env` holds the addresses of the databases.
 */
export async function loadSourceSpecs(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly SourceSpec[]> {
  const text = await readSourcesFile(path);
  if (text === null) return [];
  const violations: FieldViolation[] = [];
  // It takes a tenth of a second to load: only an engine that has sources waits for it.
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  for (const { message } of document.errors)
    violations.push({ field: 'file', description: `must be YAML: ${message.split('\n')[0]}` });
  if (violations.length > 0) throw fileError(path, violations);
  const context = { env, folder: dirname(resolve(path)) };
  const root = new SpecFields(document.toJS() ?? {}, '', violations);
  const entries = root.raw('sources') ?? [];
  root.rejectUnknown();
  if (!Array.isArray(entries)) root.reject('sources', 'must be a list');
  else if (entries.length > sourcesMax) root.reject('sources', `must have at most ${sourcesMax} entries`);
  const specs = (Array.isArray(entries) ? entries : [])
    .slice(0, sourcesMax)
    .map((entry: unknown, index) =>
      readSourceSpec(new SpecFields(entry, `sources[${index}]`, violations), context),
    );
  rejectDoubles(specs, violations);
  if (violations.length > 0) throw fileError(path, violations);
  return specs;
}

async function readSourcesFile(path: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size > fileBytesMax)
      throw fileError(path, [{ field: 'file', description: `must have at most ${fileBytesMax} bytes` }]);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof KmsError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && path === settingsSchema.sourcesFile.default) return null;
    const description = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw fileError(path, [{ field: 'file', description }]);
  }
}

/** Two sources with one name, or one slot in one database, would take each other's changes. */
function rejectDoubles(specs: readonly SourceSpec[], violations: FieldViolation[]): void {
  const seen = new Map<string, string>();
  for (const [index, spec] of specs.entries()) {
    const keys = [['name', spec.name]];
    if (spec.type === 'postgres' && spec.changes.type === 'cdc')
      keys.push(['slot', `${spec.url} ${spec.changes.slot}`]);
    for (const [field = '', value = ''] of keys) {
      const first = seen.get(`${field} ${value}`);
      if (first !== undefined && value !== '')
        violations.push({
          field: `sources[${index}].${field}`,
          description: `must differ from that of ${first}`,
        });
      seen.set(`${field} ${value}`, first ?? `sources[${index}]`);
    }
  }
}

function fileError(path: string, violations: readonly FieldViolation[]): KmsError {
  const count = violations.length === 1 ? 'a fault' : `${violations.length} faults`;
  return new KmsError('invalid_argument', `the sources file ${path} has ${count}`, { violations });
}

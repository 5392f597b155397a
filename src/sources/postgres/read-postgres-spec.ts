// The fields of a PostgreSQL source. What depends on the database (do the columns exist, may they be read) is checked
// when it is connected to; everything else here, before the engine starts.

import { readCollection, readEvery, readMediaType } from '../common-fields.ts';
import type { ChangesSpec, ColumnsSpec, PostgresSpec, ReconcileSpec } from '../source-spec.ts';
import type { SpecFields } from '../spec-fields.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** PostgreSQL cuts names of slots, publications and channels there. */
const nameBytesMax = 63;
const slotPattern = /^[a-z0-9_]{1,63}$/;

/** Of use only when no fault was added to the fields. */
export function readPostgresSpec(
  name: string,
  fields: SpecFields,
  env: Readonly<Record<string, string | undefined>>,
): PostgresSpec {
  const relation = readRelation(fields);
  const columns = readColumns(fields);
  const changes = readChanges(name, fields);
  if (changes.type === 'cdc' && relation.type === 'query')
    fields.reject('changes', 'must not be cdc with a query: a replication stream has tables only');
  return {
    type: 'postgres',
    name,
    everyMs: readEvery(fields, 30 * minuteMs),
    url: readUrl(fields, env),
    relation,
    collection: readCollection(fields),
    mediaType: readMediaType(fields),
    columns,
    overlapMs: readDuration('overlap', { minMs: 0, maxMs: 7 * dayMs, initialMs: 5 * minuteMs }, fields),
    reconcile: readReconcile(fields, changes),
    changes,
    statementTimeoutMs: readDuration(
      'statementTimeout',
      { minMs: 1_000, maxMs: dayMs, initialMs: 5 * minuteMs },
      fields,
    ),
  };
}

function readUrl(fields: SpecFields, env: Readonly<Record<string, string | undefined>>): string {
  const variable = fields.text('urlEnv');
  if (variable === '') return '';
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) {
    // It may be the address itself, with its password: not repeated.
    fields.reject('urlEnv', 'must be the name of an environment variable, such as DATABASE_URL');
    return '';
  }
  const url = env[variable] ?? '';
  if (url === '') fields.reject('urlEnv', `names the environment variable ${variable}, which is not set`);
  else if (!/^postgres(?:ql)?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    fields.reject('urlEnv', `${variable} must be a URL like postgresql://user:password@host:5432/database`);
  return url;
}

function readRelation(fields: SpecFields): PostgresSpec['relation'] {
  const table = fields.optionalText('table');
  const query = fields.optionalText('query');
  if ((table === null) === (query === null)) fields.reject('table', 'or query must be given, one of them');
  if (query !== null) {
    const sql = query.trim().replace(/;\s*$/, '');
    if (!/^(?:select|with)\b/i.test(sql)) fields.reject('query', 'must be a SELECT');
    return { type: 'query', sql };
  }
  const parts = (table ?? 'missing').split('.');
  const [first = '', second] = parts;
  if (parts.length > 2 || parts.includes(''))
    fields.reject('table', 'must be schema.table or table, written as in the database and without quotes');
  return second === undefined
    ? { type: 'table', schema: null, table: first }
    : { type: 'table', schema: first, table: second };
}

function readColumns(fields: SpecFields): ColumnsSpec {
  if (!fields.has('columns')) {
    fields.reject('columns', 'is missing: it says which columns are id, title and body');
    return { id: '', title: null, body: [], updateTime: null, deleted: null, attributes: [] };
  }
  const columns = fields.below('columns');
  const attributes = columns.below('attributes');
  const spec: ColumnsSpec = {
    id: columns.text('id'),
    title: columns.optionalText('title'),
    body: readBody(columns),
    updateTime: columns.optionalText('updateTime'),
    deleted: columns.optionalText('deleted'),
    attributes: attributes.names().map((name) => ({ name, column: attributes.text(name) })),
  };
  columns.rejectUnknown();
  return spec;
}

function readBody(columns: SpecFields): readonly string[] {
  const value = columns.raw('body');
  const names = Array.isArray(value) ? value : [value];
  if (value === undefined) columns.reject('body', 'is missing: a column, or a list of columns to join');
  else if (names.length === 0 || names.some((column) => typeof column !== 'string' || column === ''))
    columns.reject('body', 'must be a column, or a list of columns to join');
  return names.filter((column) => typeof column === 'string');
}

function readChanges(name: string, fields: SpecFields): ChangesSpec {
  const channel = fields.optionalText('notifyChannel');
  const type = fields.choice(
    'changes',
    ['polling', 'notify', 'cdc'],
    channel === null ? 'polling' : 'notify',
  );
  if (channel !== null && Buffer.byteLength(channel) > nameBytesMax)
    fields.reject('notifyChannel', `must have at most ${nameBytesMax} bytes`);
  if (channel !== null && type !== 'notify')
    fields.reject('notifyChannel', `must be left out with changes: ${type}`);
  const own = `kms_${name.replaceAll('-', '_')}`;
  const slot = fields.optionalText('slot');
  const publication = fields.optionalText('publication');
  if (slot !== null && !slotPattern.test(slot))
    fields.reject('slot', 'must be 1 to 63 lower-case letters, digits and "_"');
  if (publication !== null && !slotPattern.test(publication))
    fields.reject('publication', 'must be 1 to 63 lower-case letters, digits and "_"');
  if (type === 'cdc') return { type, slot: slot ?? own, publication: publication ?? own };
  if (slot !== null) fields.reject('slot', 'needs changes: cdc');
  if (publication !== null) fields.reject('publication', 'needs changes: cdc');
  if (type === 'polling') return { type };
  if (channel === null) fields.reject('notifyChannel', 'is missing: the channel that the database notifies');
  return { type, channel: channel ?? '' };
}

/** Without a stream of changes, comparing ids is the only way to notice a deleted row. */
function readReconcile(fields: SpecFields, changes: ChangesSpec): ReconcileSpec {
  const value = fields.duration('reconcile', {
    minMs: minuteMs,
    maxMs: 365 * dayMs,
    words: ['never', 'each'],
  });
  if (value === 'never' || value === 'each') return value;
  if (typeof value === 'number') return value;
  return changes.type === 'cdc' ? 'never' : dayMs;
}

function readDuration(
  name: string,
  { minMs, maxMs, initialMs }: { readonly minMs: number; readonly maxMs: number; readonly initialMs: number },
  fields: SpecFields,
): number {
  const value = fields.duration(name, { minMs, maxMs, words: [] });
  return typeof value === 'number' ? value : initialMs;
}

// What the database says about the table or query of a source: which columns there are and of which types. Checked
// against the mapping before the first row is read, so that a wrong column is one clear error.

import { type FieldViolation, KmsError } from '../../base/errors.ts';
import { nearestName } from '../../config/nearest-name.ts';
import type { PostgresSpec } from '../source-spec.ts';
import { type PostgresConnection, quoteName } from './connection.ts';

/** What a column's values mean to a document. */
export type ColumnKind = 'boolean' | 'integer' | 'number' | 'time' | 'list' | 'text';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** PostgreSQL's own name: `int8`, `timestamptz`. */
  readonly typeName: string;
}

export interface TableShape {
  /** What goes after FROM: the quoted table, or the query in parentheses, as `t`. */
  readonly from: string;
  /** Every column that the mapping names, each once: rows are read in this order. */
  readonly columns: readonly Column[];
  indexOf(column: string): number;
}

const kinds: Readonly<Record<string, ColumnKind>> = {
  bool: 'boolean',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'number',
  float4: 'number',
  float8: 'number',
  timestamptz: 'time',
  timestamp: 'time',
  date: 'time',
};
/** Types whose text is one and the same everywhere, and whose order pages can follow. */
const idTypes = ['int2', 'int4', 'int8', 'numeric', 'uuid', 'text', 'varchar'];

/** Throws `failed_precondition` with a violation for each column that is missing or of a wrong type. */
export async function readTableShape(
  spec: PostgresSpec,
  connection: PostgresConnection,
): Promise<TableShape> {
  const { relation } = spec;
  const from =
    relation.type === 'query'
      ? // On lines of its own: it may end in a comment.
        `(\n${relation.sql}\n) t`
      : `${quoteName(...(relation.schema === null ? [] : [relation.schema]), relation.table)} t`;
  const { fields } = await connection.query(`select * from ${from} limit 0`);
  const types = await readTypes(
    fields.map(({ dataTypeID }) => dataTypeID),
    connection,
  );
  const found = new Map(
    fields.map(({ name, dataTypeID }) => [name, types.get(dataTypeID) ?? unknownType] as const),
  );
  const violations: FieldViolation[] = [];
  const columns = new Map<string, Column>();
  for (const { field, column, allowed, rule } of neededColumns(spec)) {
    const type = found.get(column);
    if (type === undefined) violations.push({ field, description: missing(column, [...found.keys()]) });
    else if (type.typeName === 'bytea' || !allowed(type))
      violations.push({ field, description: `the column ${column} is ${type.typeName}: ${rule}` });
    else columns.set(column, { name: column, ...type });
  }
  if (violations.length > 0) {
    const text = violations.map((violation) => `${violation.field}: ${violation.description}`).join('; ');
    throw new KmsError('failed_precondition', `the mapping of ${spec.name} does not fit: ${text}`, {
      violations,
    });
  }
  const list = [...columns.values()];
  const indexes = new Map(list.map(({ name }, index) => [name, index]));
  return { from, columns: list, indexOf: (column) => indexes.get(column) ?? -1 };
}

interface ColumnType {
  readonly typeName: string;
  readonly kind: ColumnKind;
}

const unknownType: ColumnType = { typeName: 'unknown', kind: 'text' };

/** The server has already replaced domains by what they stand on. */
async function readTypes(
  oids: readonly number[],
  connection: PostgresConnection,
): Promise<ReadonlyMap<number, ColumnType>> {
  const rows = await connection.rows(
    'select oid, typname, typcategory from pg_catalog.pg_type where oid = any($1::oid[])',
    [[...new Set(oids)]],
  );
  return new Map(
    rows.map(([oid, name, category]) => {
      const typeName = name ?? '';
      return [Number(oid), { typeName, kind: category === 'A' ? 'list' : (kinds[typeName] ?? 'text') }];
    }),
  );
}

interface NeededColumn {
  readonly field: string;
  readonly column: string;
  readonly allowed: (type: ColumnType) => boolean;
  readonly rule: string;
}

function neededColumns(spec: PostgresSpec): readonly NeededColumn[] {
  const { columns, collection, mediaType } = spec;
  const any = { allowed: () => true, rule: 'binary data is no text; leave it out, or use a query' };
  const need = (field: string, column: string | null, rest: Pick<NeededColumn, 'allowed' | 'rule'> = any) =>
    column === null ? [] : [{ field, column, ...rest }];
  return [
    ...need('columns.id', columns.id, {
      allowed: ({ typeName }) => idTypes.includes(typeName),
      rule: `an id must be one of ${idTypes.join(', ')}, or cast in a query`,
    }),
    ...need('columns.updateTime', columns.updateTime, {
      allowed: ({ kind }) => kind === 'time',
      rule: 'must be timestamptz, timestamp (in UTC) or date',
    }),
    ...need('columns.deleted', columns.deleted, {
      allowed: ({ kind }) => kind === 'boolean' || kind === 'time',
      rule: 'must be boolean, or a time that is set when the row is deleted',
    }),
    ...need('columns.title', columns.title),
    ...columns.body.flatMap((column) => need('columns.body', column)),
    ...need('collection.column', collection.type === 'column' ? collection.column : null),
    ...need('mediaType.column', mediaType.type === 'column' ? mediaType.column : null),
    ...columns.attributes.flatMap(({ name, column }) => need(`columns.attributes.${name}`, column)),
  ];
}

function missing(column: string, names: readonly string[]): string {
  const nearest = nearestName(column, names);
  const hint = nearest === null ? `it has ${names.slice(0, 50).join(', ')}` : `did you mean ${nearest}?`;
  return `there is no column ${column}; ${hint}`;
}

// One entry of the sources file. Each type of source has its own fields; what none of them knows is a fault.

import { isAbsolute, resolve } from 'node:path';
import { readEvery, readFixedCollection } from './common-fields.ts';
import { readPostgresSpec } from './postgres/read-postgres-spec.ts';
import type { FileSpec, SourceSpec } from './source-spec.ts';
import type { SpecFields } from './spec-fields.ts';

export interface SpecContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here: the folder of the sources file. */
  readonly folder: string;
}

const sourceNamePattern = /^[a-z0-9][a-z0-9_-]{0,47}$/;

/** Of use only when no fault was added. */
export function readSourceSpec(fields: SpecFields, context: SpecContext): SourceSpec {
  const name = fields.text('name');
  if (name !== '' && !sourceNamePattern.test(name)) {
    fields.reject(
      'name',
      'must be 1 to 48 lower-case letters, digits, "_" and "-", starting with a letter or digit',
    );
  }
  if (!fields.has('type')) fields.reject('type', 'is missing: one of postgres, jsonl, csv');
  const type = fields.choice('type', ['postgres', 'jsonl', 'csv'], 'postgres');
  const spec =
    type === 'postgres'
      ? readPostgresSpec(name, fields, context.env)
      : readFileSpec({ name, type }, fields, context.folder);
  fields.rejectUnknown();
  return spec;
}

function readFileSpec(
  { name, type }: Pick<FileSpec, 'name' | 'type'>,
  fields: SpecFields,
  folder: string,
): FileSpec {
  const path = fields.text('path');
  return {
    name,
    type,
    everyMs: readEvery(fields, null),
    path: isAbsolute(path) ? path : resolve(folder, path),
    collection: readFixedCollection(fields),
  };
}

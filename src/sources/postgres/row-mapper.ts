// A row of a table as a change of the index: an upsert, a delete, or a rejection that names the columns at fault. Pure;
// rows from queries and from the replication stream take the same way.

import type { FieldViolation } from '../../base/errors.ts';
import type { AttributeValue, Document, DocumentKey, MediaType } from '../../model/document.ts';
import { mediaTypes } from '../../model/document.ts';
import { limits } from '../../model/limits.ts';
import { documentViolations, keyViolations, rejectedChange } from '../document-check.ts';
import type { FixedOrColumn, PostgresSpec } from '../source-spec.ts';
import type { SourceChange } from '../sync-source.ts';
import { columnValue, parseTimeMs } from './column-value.ts';
import { quoteName, type TextRow } from './connection.ts';
import type { Column, TableShape } from './table-shape.ts';

/** Their text may be large; what is over the bound is refused, so more than one character above it need not travel. */
const cutTypes = ['text', 'varchar', 'bpchar', 'json', 'jsonb', 'xml'];

export class RowMapper {
  readonly #spec: PostgresSpec;
  readonly #shape: TableShape;

  constructor(spec: PostgresSpec, shape: TableShape) {
    this.#spec = spec;
    this.#shape = shape;
  }

  /** The select list that gives rows as `change` reads them. */
  get selectList(): string {
    return this.#shape.columns
      .map(({ name, typeName }) => {
        const column = `t.${quoteName(name)}`;
        return cutTypes.includes(typeName) ? `left(${column}::text, ${limits.bodyBytesMax + 1})` : column;
      })
      .join(', ');
  }

  /** Index-aligned with the shape's columns. */
  change(row: TextRow): SourceChange {
    const key = this.key(row);
    if (this.#isDeleted(row)) {
      const violations = keyViolations(key);
      return violations.length === 0 ? { type: 'delete', key } : this.#reject(row, violations);
    }
    const violations: FieldViolation[] = [];
    const document: Document = {
      ...key,
      title: this.#text(row, this.#spec.columns.title),
      body: this.#body(row),
      mediaType: this.#mediaType(row, violations),
      attributes: this.#attributes(row, violations),
      updateTimeMs: parseTimeMs(this.#value(row, this.#spec.columns.updateTime) ?? ''),
      embedding: null,
    };
    violations.push(...documentViolations(document));
    return violations.length === 0 ? { type: 'upsert', document } : this.#reject(row, violations);
  }

  /** Not checked: it may be empty. */
  key(row: TextRow): DocumentKey {
    return { collection: this.#choice(row, this.#spec.collection), id: this.id(row) };
  }

  id(row: TextRow): string {
    return this.#value(row, this.#spec.columns.id) ?? '';
  }

  updateTime(row: TextRow): string | null {
    return this.#value(row, this.#spec.columns.updateTime);
  }

  #isDeleted(row: TextRow): boolean {
    const { deleted } = this.#spec.columns;
    const value = this.#value(row, deleted);
    if (deleted === null || value === null) return false;
    return this.#column(deleted)?.kind === 'boolean' ? value === 't' : true;
  }

  #body(row: TextRow): string {
    const parts = this.#spec.columns.body.map((column) => this.#text(row, column));
    return parts.filter((part) => part !== '').join('\n\n');
  }

  #mediaType(row: TextRow, violations: FieldViolation[]): MediaType {
    const value = this.#choice(row, this.#spec.mediaType) || 'text/plain';
    const known = mediaTypes.find((mediaType) => mediaType === value);
    if (known === undefined)
      violations.push({ field: 'mediaType', description: `must be one of ${mediaTypes.join(', ')}` });
    return known ?? 'text/plain';
  }

  #attributes(row: TextRow, violations: FieldViolation[]): Readonly<Record<string, AttributeValue>> {
    const attributes: Record<string, AttributeValue> = {};
    for (const { name, column } of this.#spec.columns.attributes) {
      const text = this.#value(row, column);
      const shape = this.#column(column);
      if (text === null || shape === undefined) continue;
      const read = columnValue(text, shape);
      if (read.type === 'fault')
        violations.push({ field: `attributes.${name}`, description: read.description });
      else attributes[name] = read.value;
    }
    return attributes;
  }

  #choice(row: TextRow, choice: FixedOrColumn): string {
    return choice.type === 'fixed' ? choice.value : this.#text(row, choice.column);
  }

  #text(row: TextRow, column: string | null): string {
    const text = this.#value(row, column);
    const isPadded = column !== null && this.#column(column)?.typeName === 'bpchar';
    return isPadded ? (text ?? '').replace(/ +$/, '') : (text ?? '');
  }

  #value(row: TextRow, column: string | null): string | null {
    return column === null ? null : (row[this.#shape.indexOf(column)] ?? null);
  }

  #column(name: string): Column | undefined {
    return this.#shape.columns[this.#shape.indexOf(name)];
  }

  #reject(row: TextRow, violations: readonly FieldViolation[]): SourceChange {
    const raw = Object.fromEntries(this.#shape.columns.map(({ name }, index) => [name, row[index] ?? null]));
    return rejectedChange(this.key(row), violations, raw);
  }
}

// One record of a file (a JSON object, a CSV row) as a document. All faults of a record are found together, each with
// the path of its field and what would be right.

import type { FieldViolation } from '../base/errors.ts';
import type { Attributes, AttributeValue } from '../model/document.ts';
import type { SourceDocument } from './source.ts';

export type DocumentRecord =
  | { readonly type: 'document'; readonly document: SourceDocument }
  | {
      readonly type: 'rejected';
      readonly id: string | null;
      readonly violations: readonly FieldViolation[];
    };

/** The fields with a meaning of their own; any other becomes an attribute. */
export const documentFields = [
  'id',
  'title',
  'body',
  'collection',
  'media_type',
  'attributes',
  'update_time',
  'embedding',
] as const;
type DocumentField = (typeof documentFields)[number];

/** Half of a surrogate pair has no UTF-8 form, so the wire cannot carry it. */
const loneSurrogate = /\p{Surrogate}/u;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** A date, or a date and a time with its zone: without a zone the same text would mean another time elsewhere. */
const isoTime = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;

/** Reads a record. Missing, null and empty fields are the same: absent. */
export function readDocumentRecord(record: Readonly<Record<string, unknown>>): DocumentRecord {
  const reader = new FieldReader(record);
  const document: SourceDocument = {
    id: reader.id(),
    collection: reader.string('collection'),
    title: reader.string('title'),
    body: reader.string('body'),
    mediaType: reader.string('media_type') || 'text/plain',
    attributes: reader.attributes(),
    updateTimeMs: reader.time(),
    embedding: reader.embedding(),
  };
  if (reader.violations.length === 0) return { type: 'document', document };
  return { type: 'rejected', id: document.id === '' ? null : document.id, violations: reader.violations };
}

class FieldReader {
  readonly violations: FieldViolation[] = [];
  readonly #record: Readonly<Record<string, unknown>>;

  constructor(record: Readonly<Record<string, unknown>>) {
    this.#record = record;
  }

  id(): string {
    const value = this.#field('id');
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    const id = this.string('id');
    if (id === '' && this.violations.length === 0) this.#reject('id', 'is missing');
    return id;
  }

  string(field: DocumentField): string {
    const value = this.#field(field) ?? '';
    if (typeof value !== 'string') return this.#reject(field, 'must be a string') ?? '';
    if (loneSurrogate.test(value)) return this.#reject(field, 'must not hold half of a surrogate pair') ?? '';
    return value;
  }

  time(): number | null {
    const value = this.#field('update_time') ?? '';
    if (value === '') return null;
    const timeMs = typeof value === 'string' ? parseTime(value) : null;
    return timeMs ?? this.#reject('update_time', timeRule);
  }

  /** The attributes of the field of that name, and every other field that is not ours. */
  attributes(): Attributes {
    const value = this.#field('attributes') ?? {};
    const attributes: Record<string, AttributeValue> = {};
    if (isObject(value)) this.#addAttributes(attributes, value, 'attributes.');
    else this.#reject('attributes', 'must be an object');
    const names: readonly string[] = documentFields;
    const others = Object.entries(this.#record).filter(([name]) => !names.includes(name));
    for (const [name] of others) {
      const meant = names.find((known) => plainName(known) === plainName(name));
      if (meant !== undefined) this.#reject(name, `is not a field; did you mean ${meant}?`);
    }
    this.#addAttributes(attributes, Object.fromEntries(others), '');
    return attributes;
  }

  embedding(): Float32Array | null {
    const value = this.#field('embedding') ?? '';
    if (value === '') return null;
    if (Array.isArray(value)) return this.#numbers(value);
    if (typeof value === 'string' && base64.test(value)) return this.#floats(Buffer.from(value, 'base64'));
    return this.#reject('embedding', 'must be an array of numbers, or base64 of little-endian float32');
  }

  #numbers(values: readonly unknown[]): Float32Array | null {
    const wrong = values.findIndex(
      (value) => typeof value !== 'number' || !Number.isFinite(Math.fround(value)),
    );
    if (wrong !== -1) return this.#reject(`embedding[${wrong}]`, 'must be a finite 32-bit number');
    return Float32Array.from(values as number[]);
  }

  #floats(bytes: Buffer): Float32Array | null {
    if (bytes.length % 4 !== 0)
      return this.#reject('embedding', 'must be whole float32 numbers, 4 bytes each');
    const values = new Float32Array(bytes.length / 4);
    for (let index = 0; index < values.length; index++) values[index] = bytes.readFloatLE(index * 4);
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    return wrong === -1 ? values : this.#reject(`embedding[${wrong}]`, 'must be a finite 32-bit number');
  }

  #addAttributes(into: Record<string, AttributeValue>, values: object, prefix: string): void {
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === undefined) continue;
      const attribute = loneSurrogate.test(name) ? null : readAttribute(value);
      if (attribute === null) this.#reject(`${prefix}${name}`, attributeRule);
      // defineProperty and not assignment: `__proto__` is a name like any other.
      else Object.defineProperty(into, name, { value: attribute, enumerable: true, configurable: true });
    }
  }

  #field(field: DocumentField): unknown {
    return Object.hasOwn(this.#record, field) ? this.#record[field] : undefined;
  }

  #reject(field: string, description: string): null {
    this.violations.push({ field, description });
    return null;
  }
}

const timeRule = 'must be an ISO 8601 time such as 2026-01-31T12:00:00Z';
const attributeRule =
  'must be a string, a finite number, true or false, a list of strings, or {"time": "2026-01-31T12:00:00Z"}';

function readAttribute(value: unknown): AttributeValue | null {
  if (typeof value === 'string') return loneSurrogate.test(value) ? null : value;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) {
    const isList = value.every((item) => typeof item === 'string' && !loneSurrogate.test(item));
    return isList ? value : null;
  }
  const { time, ...rest } = value as { readonly time?: unknown };
  if (typeof time !== 'string' || Object.keys(rest).length > 0) return null;
  const timeMs = parseTime(time);
  return timeMs === null ? null : { timeMs };
}

function parseTime(text: string): number | null {
  const timeMs = isoTime.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(timeMs) ? null : timeMs;
}

/** `mediaType`, `media-type` and `Media Type` are slips for `media_type`, not attributes. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

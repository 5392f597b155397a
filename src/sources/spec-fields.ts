// Reads the fields of one mapping of the sources file. Every fault is kept with the path of its field and what would be
// right, so that all of them can be shown at once; a key that is never asked for is a fault of its own.

import { durationRule, parseDuration } from '../base/duration.ts';
import type { FieldViolation } from '../base/errors.ts';
import { nearestName } from '../config/nearest-name.ts';

export interface DurationBounds {
  readonly minMs: number;
  readonly maxMs: number;
  /** The words that are allowed besides a time. */
  readonly words: readonly string[];
}

export class SpecFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #violations: FieldViolation[];
  readonly #asked = new Set<string>();

  /** Anything but a mapping is a fault, and then has no fields. */
  constructor(value: unknown, path: string, violations: FieldViolation[]) {
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#fields = isMapping ? (value as Record<string, unknown>) : {};
    this.#path = path;
    this.#violations = violations;
    if (!isMapping) violations.push({ field: path, description: 'must be a mapping of fields to values' });
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  /** The value as it stands; absent and null are the same. */
  raw(name: string): unknown {
    this.#asked.add(name);
    return Object.hasOwn(this.#fields, name) ? (this.#fields[name] ?? undefined) : undefined;
  }

  optionalText(name: string): string | null {
    const value = this.raw(name);
    if (value === undefined) return null;
    if (typeof value === 'string' && value.trim() !== '') return value;
    return this.reject(name, 'must be a text that is not empty');
  }

  /** Empty when it is missing or wrong, which is a fault. */
  text(name: string): string {
    if (!this.has(name)) this.reject(name, 'is missing');
    return this.optionalText(name) ?? '';
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[], initial: Choice): Choice {
    const value = this.raw(name) ?? initial;
    const known = choices.find((choice) => choice === value);
    if (known === undefined) this.reject(name, `must be one of ${choices.join(', ')}`);
    return known ?? initial;
  }

  /** Milliseconds, or one of the words. */
  duration(name: string, bounds: DurationBounds): number | string | null {
    const value = this.raw(name);
    if (value === undefined) return null;
    if (typeof value === 'string' && bounds.words.includes(value)) return value;
    const durationMs = typeof value === 'string' ? parseDuration(value) : null;
    const words = bounds.words.map((word) => `, or ${word}`).join('');
    if (durationMs === null) return this.reject(name, `${durationRule}${words}`);
    if (durationMs >= bounds.minMs && durationMs <= bounds.maxMs) return durationMs;
    return this.reject(name, `must be ${bounds.minMs / 1_000}s..${bounds.maxMs / 1_000}s`);
  }

  /** The names that this mapping holds, for one whose keys are the operator's own. */
  names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  reject(name: string, description: string): null {
    this.#violations.push({ field: this.pathOf(name), description });
    return null;
  }

  /** A mapping inside this one, for fields of its own; its faults are kept with these. */
  below(name: string): SpecFields {
    return new SpecFields(this.raw(name) ?? {}, this.pathOf(name), this.#violations);
  }

  pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  /** Call it last: what nobody has asked for is not a field. */
  rejectUnknown(): void {
    const known = [...this.#asked];
    for (const name of Object.keys(this.#fields).filter((field) => !this.#asked.has(field))) {
      const nearest = nearestName(name, known);
      const hint = nearest === null ? `the fields are ${known.join(', ')}` : `did you mean ${nearest}?`;
      this.reject(name, `is not a field here; ${hint}`);
    }
  }
}

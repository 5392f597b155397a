// The kinds of value that a setting can have: how each is read from text, and what is said when it cannot be.

import { assertNever } from '../base/assert.ts';
import { type NetworkAddress, parseAddress } from './network-address.ts';

interface Described {
  /** What it is for, who would change it, and why. One or two sentences; goes into the README and `--help`. */
  readonly description: string;
  readonly default: string;
}

export interface NumberSetting extends Described {
  /** `bytes` also takes KiB, MiB, GiB and TiB; `duration_ms` is whole milliseconds; `decimal` may have a point. */
  readonly kind: 'integer' | 'decimal' | 'bytes' | 'duration_ms';
  readonly min: number;
  readonly max: number;
}

export interface AddressSetting extends Described {
  readonly kind: 'address';
}

export interface PathSetting extends Described {
  readonly kind: 'path';
}

export interface ChoiceSetting<Choice extends string = string> extends Described {
  readonly kind: 'choice';
  readonly choices: readonly Choice[];
}

/** Anything without control characters, empty included. */
export interface TextSetting extends Described {
  readonly kind: 'text';
}

export type SettingSpec = NumberSetting | AddressSetting | PathSetting | TextSetting | ChoiceSetting;

/** What a spec's text becomes. */
export type ValueOf<Spec> = Spec extends { kind: 'integer' | 'decimal' | 'bytes' | 'duration_ms' }
  ? number
  : Spec extends { kind: 'address' }
    ? NetworkAddress
    : Spec extends { kind: 'choice'; choices: readonly (infer Choice)[] }
      ? Choice
      : string;

export type ParsedSetting =
  | { readonly type: 'value'; readonly value: number | string | NetworkAddress }
  /** What would be right: `must be 1..512`. */
  | { readonly type: 'fault'; readonly rule: string };

const textLengthMax = 1_024;

const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Reads one setting's text. Nothing is corrected: white space, signs and fractions are faults. */
export function parseSetting(spec: SettingSpec, text: string): ParsedSetting {
  const value = readValue(spec, text);
  return value === null ? { type: 'fault', rule: ruleOf(spec) } : { type: 'value', value };
}

/** A number as people write it in a setting of this kind: `64GiB`, `30000`. */
export function formatNumber(kind: NumberSetting['kind'], value: number): string {
  if (kind !== 'bytes') return String(value);
  const unit = Object.entries(byteUnits)
    .reverse()
    .find(([, size]) => value >= size && value % size === 0);
  return unit === undefined ? String(value) : `${value / unit[1]}${unit[0]}`;
}

/** The rule a value of this setting must keep: `must be 1..512`. */
export function ruleOf(spec: SettingSpec): string {
  switch (spec.kind) {
    case 'integer':
    case 'decimal':
    case 'bytes':
    case 'duration_ms':
      return `must be ${formatNumber(spec.kind, spec.min)}..${formatNumber(spec.kind, spec.max)}${unitNote(spec.kind)}`;
    case 'address':
      return 'must be HOST:PORT, such as 127.0.0.1:50051 or [::1]:50051';
    case 'path':
      return 'must be a path';
    case 'text':
      return 'must be text of at most 1024 characters without control characters';
    case 'choice':
      return `must be one of ${spec.choices.join(', ')}`;
    default:
      return assertNever(spec);
  }
}

function readValue(spec: SettingSpec, text: string): number | string | NetworkAddress | null {
  switch (spec.kind) {
    case 'integer':
    case 'decimal':
    case 'bytes':
    case 'duration_ms': {
      const value = readNumber(spec.kind, text);
      return value !== null && value >= spec.min && value <= spec.max ? value : null;
    }
    case 'address':
      return parseAddress(text);
    case 'path':
      return text.trim() === '' || text.includes('\0') ? null : text;
    case 'text':
      return text.length > textLengthMax || /\p{Cc}/u.test(text) ? null : text;
    case 'choice':
      return spec.choices.includes(text) ? text : null;
    default:
      return assertNever(spec);
  }
}

function unitNote(kind: NumberSetting['kind']): string {
  return kind === 'duration_ms' ? ' (milliseconds)' : '';
}

function readNumber(kind: NumberSetting['kind'], text: string): number | null {
  if (kind === 'bytes') return readBytes(text);
  if (kind === 'decimal') return /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : null;
  return readInteger(text);
}

function readInteger(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function readBytes(text: string): number | null {
  const match = /^(\d{1,15})(|KiB|MiB|GiB|TiB)$/.exec(text);
  const unit = byteUnits[match?.[2] ?? ''];
  return match?.[1] === undefined || unit === undefined ? null : Number(match[1]) * unit;
}

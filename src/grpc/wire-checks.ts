// The checks that several messages share. Each adds to the faults and returns what is fit for use, or null.

import type { DocumentKey } from '../model/document.ts';
import { collectionNamePattern, defaultCollection, limits } from '../model/limits.ts';
import type { Duration__Output } from './generated/google/protobuf/Duration.ts';
import type { Timestamp__Output } from './generated/google/protobuf/Timestamp.ts';
import type { InputFaults } from './input-faults.ts';

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: the range of google.protobuf.Timestamp. */
const timestampSecondsMin = -62_135_596_800;
const timestampSecondsMax = 253_402_300_799;
const durationSecondsMax = 315_576_000_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controlCharacter = /[\u0000-\u001f\u007f]/;

/** A part of the caller's text that is fit for a message: short, and cut between characters. */
export function quote(text: string): string {
  const short = Array.from(text.slice(0, 80)).slice(0, 40).join('');
  return short.length < text.length ? `"${short}…"` : `"${short}"`;
}

export function checkBytes(text: string, bytesMax: number, path: string, faults: InputFaults): void {
  // A UTF-16 unit is at most three bytes of UTF-8, so short texts need no counting.
  if (text.length * 3 <= bytesMax) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) faults.add(path, `has ${bytes} bytes: at most ${bytesMax}`);
}

export function checkId(id: string, path: string, faults: InputFaults): void {
  if (id === '') faults.add(path, 'is empty: an id has 1 to 512 bytes');
  checkBytes(id, limits.idBytesMax, path, faults);
  if (controlCharacter.test(id)) faults.add(path, 'has control characters');
}

/** The name of a collection, the default filled in. */
export function collectionFromWire(name: string, path: string, faults: InputFaults): string {
  if (name === '') return defaultCollection;
  if (!collectionNamePattern.test(name)) {
    faults.add(
      path,
      `is ${quote(name)}: 1 to 64 lower-case letters, digits, "_", "-" and ".", starting with a letter or digit`,
    );
  }
  return name;
}

export function documentKeyFromWire(
  wire: { readonly collection: string; readonly id: string },
  faults: InputFaults,
  path = '',
): DocumentKey {
  const at = (field: string) => (path === '' ? field : `${path}.${field}`);
  checkId(wire.id, at('id'), faults);
  return { collection: collectionFromWire(wire.collection, at('collection'), faults), id: wire.id };
}

export function collectionsFromWire(
  names: readonly string[],
  path: string,
  faults: InputFaults,
): readonly string[] {
  if (names.length > limits.collectionsPerSearchMax) {
    faults.add(path, `has ${names.length} names: at most ${limits.collectionsPerSearchMax}`);
    return [];
  }
  for (const [index, name] of names.entries()) {
    if (name === '') faults.add(`${path}[${index}]`, 'is empty: leave it out to search all collections');
    else collectionFromWire(name, `${path}[${index}]`, faults);
  }
  return [...new Set(names)];
}

/** A count that the client may leave at 0 for the default. */
export function countFromWire<Default extends number | null>(
  value: number,
  bounds: { readonly max: number; readonly default: Default },
  path: string,
  faults: InputFaults,
): number | Default {
  if (value === 0) return bounds.default;
  if (value < 0 || value > bounds.max)
    faults.add(path, `is ${value}: 1 to ${bounds.max}, or 0 for the default`);
  return value;
}

/** The id of a job or dead letter, as the engine gave it out. */
export function checkEngineId(id: string, path: string, faults: InputFaults): void {
  if (id === '') faults.add(path, `is empty: 1 to ${limits.engineIdBytesMax} bytes`);
  checkBytes(id, limits.engineIdBytesMax, path, faults);
}

/**
 * The model's word for a value of an enum, `SYNC_MODE_FULL` with prefix `SYNC_MODE_` being `full`. `value` is a number
 * when the client's proto knows a value that ours does not. Unspecified gives `otherwise`, and is a fault without one.
 */
export function enumFromWire<Word extends string>(
  value: string | number,
  wanted: { readonly prefix: string; readonly words: readonly Word[]; readonly otherwise?: Word },
  path: string,
  faults: InputFaults,
): Word | undefined {
  const { prefix, words, otherwise } = wanted;
  if (value === `${prefix}UNSPECIFIED` && otherwise !== undefined) return otherwise;
  const word = words.find((known) => value === `${prefix}${known.toUpperCase()}`);
  if (word === undefined) {
    const names = words.map((known) => `${prefix}${known.toUpperCase()}`).join(', ');
    faults.add(path, `is ${value}: one of ${names}`);
  }
  return word;
}

/** A commit sequence; 0 where there is none. */
export function sequenceFromWire(value: string, path: string, faults: InputFaults): number {
  const sequence = Number(value);
  if (!Number.isSafeInteger(sequence)) faults.add(path, `is ${value}: at most ${Number.MAX_SAFE_INTEGER}`);
  return sequence;
}

/** Milliseconds, or null when it is no duration. A part below a millisecond stays. */
export function durationMsFromWire(
  duration: Duration__Output,
  path: string,
  faults: InputFaults,
): number | null {
  const seconds = Number(duration.seconds);
  const { nanos } = duration;
  // google.protobuf.Duration: 10,000 years either way, and both parts of one sign.
  const isInRange = Math.abs(seconds) <= durationSecondsMax && Math.abs(nanos) <= 999_999_999;
  if (!isInRange || seconds * nanos < 0) {
    faults.add(path, `is no duration: seconds ${duration.seconds}, nanos ${nanos}`);
    return null;
  }
  return seconds * 1000 + nanos / 1e6;
}

/** Whole milliseconds since 1970, or null when the timestamp is out of range. */
export function timeMsFromWire(time: Timestamp__Output, path: string, faults: InputFaults): number | null {
  const seconds = Number(time.seconds);
  if (!(seconds >= timestampSecondsMin && seconds <= timestampSecondsMax)) {
    faults.add(path, `has seconds ${time.seconds}: ${timestampSecondsMin} to ${timestampSecondsMax}`);
    return null;
  }
  if (time.nanos < 0 || time.nanos > 999_999_999) {
    faults.add(path, `has nanos ${time.nanos}: 0 to 999999999`);
    return null;
  }
  return seconds * 1000 + Math.floor(time.nanos / 1e6);
}

// The data of the benches: made from a seed, so that every run and every reference sees the same.

import { readFileSync } from 'node:fs';
import type { Document } from '../src/grpc/generated/kms/v1/Document.ts';
import { randomFrom, wholeBetween } from '../test/support/random.ts';

/**
 * `count` distinct texts of about 64 tokens of the default model, in the words of the example cases: 46 words of
 * support mail are 60 to 70 tokens.
 */
export function benchTexts(count: number, seed: number): string[] {
  const random = randomFrom(seed);
  const words = exampleWords();
  const wordsPerText = 46;
  return Array.from({ length: count }, (_, i) => {
    const start = wholeBetween(random, 0, words.length - wordsPerText - 1);
    // Runs of real text, with the number to make each text one that no cache has seen.
    return `${i} ${words.slice(start, start + wordsPerText).join(' ')}`;
  });
}

function exampleWords(): string[] {
  const lines = readFileSync(new URL('../examples/cases.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const bodies = lines.map((line) => JSON.parse(line) as { body: string; media_type?: string });
  const plain = bodies.filter((body) => body.media_type === undefined || body.media_type === 'text/plain');
  return plain.flatMap((document) =>
    document.body.split(/\s+/).filter((word) => /^[\w.,'-]{1,14}$/.test(word)),
  );
}

/**
 * `count` vectors of unit length around `count / 100` centres, packed, shape [count × dimensions]: like embeddings of
 * real texts they have neighbours, which purely random vectors have not.
 */
export function clusteredVectors(count: number, dimensions: number, seed: number): Float32Array {
  const packed = new Float32Array(count * dimensions);
  let at = 0;
  for (const row of clusteredRows(count, dimensions, seed)) {
    packed.set(row, at);
    at += dimensions;
  }
  return packed;
}

/** The rows of `clusteredVectors` one after the other, for more than memory holds twice. Each is good until the next. */
export function* clusteredRows(count: number, dimensions: number, seed: number): Generator<Float32Array> {
  const random = randomFrom(seed);
  const centres = Array.from({ length: Math.max(1, Math.round(count / 100)) }, () =>
    fillUnit(new Float32Array(dimensions), random),
  );
  const spread = 0.7;
  const noise = new Float32Array(dimensions);
  const row = new Float32Array(dimensions);
  for (let i = 0; i < count; i++) {
    const centre = centres[wholeBetween(random, 0, centres.length - 1)] as Float32Array;
    fillUnit(noise, random);
    for (let d = 0; d < dimensions; d++) row[d] = (centre[d] as number) + spread * (noise[d] as number);
    yield toUnitLength(row);
  }
}

/** Uniform over the sphere; two numbers for each pair of random ones (Box & Muller 1958), which a million rows feel. */
function fillUnit(vector: Float32Array, random: () => number): Float32Array {
  for (let d = 0; d < vector.length; d += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    vector[d] = radius * Math.cos(angle);
    if (d + 1 < vector.length) vector[d + 1] = radius * Math.sin(angle);
  }
  return toUnitLength(vector);
}

function toUnitLength(vector: Float32Array): Float32Array {
  let squares = 0;
  for (let d = 0; d < vector.length; d++) squares += (vector[d] as number) ** 2;
  const scale = 1 / Math.sqrt(squares);
  for (let d = 0; d < vector.length; d++) vector[d] = (vector[d] as number) * scale;
  return vector;
}

/** Row `i` as the wire's little-endian float32 bytes; a view. */
export function rowBytes(packed: Float32Array, dimensions: number, i: number): Buffer {
  return Buffer.from(packed.buffer, packed.byteOffset + i * dimensions * 4, dimensions * 4);
}

/** The rows as small documents `v-0`, `v-1`, ... that bring their vector; the first `count` of them, or all. */
export function* vectorDocuments(
  packed: Float32Array,
  dimensions: number,
  { count = packed.length / dimensions, collection = 'cases' } = {},
): Generator<Document> {
  for (let i = 0; i < count; i++) yield vectorDocument(packed, dimensions, { i, collection });
}

/** Row `i` as such a document. */
export function vectorDocument(
  packed: Float32Array,
  dimensions: number,
  { i, collection }: { readonly i: number; readonly collection: string },
): Document {
  return { id: `v-${i}`, collection, body: `case ${i}`, embedding: rowBytes(packed, dimensions, i) };
}

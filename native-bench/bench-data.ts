// The data of the benches: made from a seed, so that every run and every reference sees the same.

import { readFileSync } from 'node:fs';
import { randomFrom, unitVector, wholeBetween } from '../test/support/random.ts';

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
  const random = randomFrom(seed);
  const centres = Array.from({ length: Math.max(1, Math.round(count / 100)) }, () =>
    unitVector(random, dimensions),
  );
  const spread = 0.7;
  const packed = new Float32Array(count * dimensions);
  for (let i = 0; i < count; i++) {
    const centre = centres[wholeBetween(random, 0, centres.length - 1)] as Float32Array;
    const noise = unitVector(random, dimensions);
    let norm = 0;
    for (let d = 0; d < dimensions; d++) {
      const value = (centre[d] as number) + spread * (noise[d] as number);
      packed[i * dimensions + d] = value;
      norm += value * value;
    }
    const scale = 1 / Math.sqrt(norm);
    for (let d = 0; d < dimensions; d++)
      packed[i * dimensions + d] = (packed[i * dimensions + d] as number) * scale;
  }
  return packed;
}

/** Row `i` as the wire's little-endian float32 bytes; a view. */
export function rowBytes(packed: Float32Array, dimensions: number, i: number): Buffer {
  return Buffer.from(packed.buffer, packed.byteOffset + i * dimensions * 4, dimensions * 4);
}

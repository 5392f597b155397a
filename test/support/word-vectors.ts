// Vectors that depend on nothing but the text: the sum of a vector for each of its words, so that texts that share words
// are near each other and a search finds what a person would expect.

import { createHash } from 'node:crypto';
import { randomFrom, unitVector } from './random.ts';

/** Of unit length. Another `model` gives another space. */
export function wordVector(text: string, space: { model: string; dimensions: number }): Float32Array {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [''];
  const sum = new Float32Array(space.dimensions);
  for (const word of new Set(words)) {
    const vector = vectorOfWord(`${space.model}\0${word}`, space.dimensions);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
  }
  const norm = Math.hypot(...sum);
  return sum.map((value) => value / norm);
}

const known = new Map<string, Float32Array>();
const knownMax = 50_000;

function vectorOfWord(word: string, dimensions: number): Float32Array {
  const key = `${dimensions}\0${word}`;
  let vector = known.get(key);
  if (vector === undefined) {
    const seed = createHash('sha256').update(word).digest().readUInt32LE(0);
    vector = unitVector(randomFrom(seed), dimensions);
    if (known.size >= knownMax) known.clear();
    known.set(key, vector);
  }
  return vector;
}

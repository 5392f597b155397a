// Cuts a stream of bytes into lines, with the number and the byte offset of each, in bounded memory: a line over the
// limit is passed over without being kept.

import { Buffer } from 'node:buffer';
import type { SourcePosition } from './source.ts';

export interface ByteLine {
  /** Without the line feed (a carriage return is kept); null when it was over the limit. */
  readonly bytes: Buffer | null;
  /** Counted from 1. */
  readonly number: number;
  /** Just behind the line feed. */
  readonly end: SourcePosition;
}

const lineFeed = 0x0a;
const byteOrderMark = [0xef, 0xbb, 0xbf] as const;

/** Yields the lines of `chunks`, which start at `from`. A last line without a line feed counts; nothing after one does not. */
export async function* byteLines(
  chunks: AsyncIterable<Buffer>,
  from: SourcePosition,
  lineBytesMax: number,
): AsyncGenerator<ByteLine> {
  const line = new LineInProgress(from, lineBytesMax);
  for await (const chunk of chunks) {
    let start = 0;
    for (let feed = chunk.indexOf(lineFeed); feed !== -1; feed = chunk.indexOf(lineFeed, start)) {
      line.add(chunk.subarray(start, feed));
      yield line.finish(1);
      start = feed + 1;
    }
    line.add(chunk.subarray(start));
  }
  if (line.length > 0) yield line.finish(0);
}

class LineInProgress {
  length = 0;
  #parts: Buffer[] = [];
  #number: number;
  #offset: number;
  readonly #lineBytesMax: number;

  constructor(from: SourcePosition, lineBytesMax: number) {
    this.#number = from.record;
    this.#offset = from.offset;
    this.#lineBytesMax = lineBytesMax;
  }

  add(part: Buffer): void {
    this.length += part.length;
    if (this.length > this.#lineBytesMax) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  finish(feedLength: number): ByteLine {
    const bytes = this.length > this.#lineBytesMax ? null : joined(this.#parts);
    this.#number += 1;
    const isFirst = this.#offset === 0;
    this.#offset += this.length + feedLength;
    this.#parts = [];
    this.length = 0;
    const end = { record: this.#number, offset: this.#offset };
    return { bytes: isFirst && bytes !== null ? withoutMark(bytes) : bytes, number: this.#number, end };
  }
}

function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}

function withoutMark(bytes: Buffer): Buffer {
  return byteOrderMark.every((byte, index) => bytes[index] === byte) ? bytes.subarray(3) : bytes;
}

// Writes protobuf messages straight into one buffer. Ten hits through protobufjs are some hundred objects and as many
// calls into native code for strings of a few letters, 105 µs of the main thread; this way 10. Only answers of searches
// are written so: everything else goes through proto-loader.
// The format: https://protobuf.dev/programming-guides/encoding/

import { KmsError } from '../base/errors.ts';

/** A message that is bytes already. */
export class EncodedMessage {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

const firstBytes = 16 * 1024;
/** A larger buffer is not kept for the next message. */
const keptBytesMax = 1024 * 1024;
/** Up to here a loop over the characters is faster than a call into native code. */
const shortTextMax = 48;
const varintBytesMax = 10;

const varint = 0;
const fixed64 = 1;
const delimited = 2;

/** Fields whose value is the default (empty, 0, false) are left out, as proto3 wants it. */
export class MessageWriter {
  readonly #bytesMax: number;
  #buffer: Buffer = Buffer.allocUnsafe(firstBytes);
  #view = viewOf(this.#buffer);
  #end = 0;

  /** Writes throw `resource_exhausted` when much more than `bytesMax` bytes come together. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Forgets what was written before. */
  begin(): void {
    this.#end = 0;
    if (this.#buffer.length > keptBytesMax) this.#use(Buffer.allocUnsafe(firstBytes));
  }

  /** A copy of what was written since `begin`. */
  finish(): EncodedMessage {
    return new EncodedMessage(Buffer.from(this.#buffer.subarray(0, this.#end)));
  }

  text(field: number, value: string): void {
    if (value !== '') this.#text(field, value);
  }

  /** Of a repeated field: an empty text is an entry, too. */
  texts(field: number, values: readonly string[]): void {
    for (const value of values) this.#text(field, value);
  }

  bytes(field: number, value: Uint8Array): void {
    if (value.length === 0) return;
    this.#reserve(2 * varintBytesMax + value.length);
    this.#tag(field, delimited);
    this.#varint(value.length);
    this.#buffer.set(value, this.#end);
    this.#end += value.length;
  }

  double(field: number, value: number): void {
    if (!Object.is(value, 0)) this.doubleOf(field, value);
  }

  /** A double inside a oneof, where 0 is a value. */
  doubleOf(field: number, value: number): void {
    this.#reserve(varintBytesMax + 8);
    this.#tag(field, fixed64);
    this.#view.setFloat64(this.#end, value, true);
    this.#end += 8;
  }

  /** A whole number, from 0 to 2^53. */
  whole(field: number, value: number): void {
    if (value !== 0) this.wholeOf(field, value);
  }

  /** A whole number, or a truth value as 0 or 1, inside a oneof, where 0 is a value. */
  wholeOf(field: number, value: number): void {
    this.#reserve(2 * varintBytesMax);
    this.#tag(field, varint);
    this.#varint(value);
  }

  /** A text inside a oneof, where the empty one is a value. */
  textOf(field: number, value: string): void {
    this.#text(field, value);
  }

  /** A whole number below 0, in ten bytes. */
  negative(field: number, value: number): void {
    this.#reserve(2 * varintBytesMax);
    this.#tag(field, varint);
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.#end++] = Number(rest & 0x7fn) | 0x80;
    this.#buffer[this.#end++] = Number(rest);
  }

  /** A message within this one: its fields are what is written until `close`, which takes what this returns. */
  open(field: number): number {
    this.#reserve(2 * varintBytesMax);
    this.#tag(field, delimited);
    // Most take two bytes to say how long they are; what does not is moved when that is known.
    this.#end += 2;
    return this.#end;
  }

  close(start: number): void {
    const length = this.#end - start;
    const lengthBytes = varintBytes(length);
    if (lengthBytes !== 2) {
      this.#reserve(varintBytesMax);
      this.#buffer.copyWithin(start - 2 + lengthBytes, start, this.#end);
    }
    this.#end = start - 2;
    this.#varint(length);
    this.#end += length;
  }

  /** Fields that are bytes already. */
  fields(encoded: Uint8Array): void {
    this.#reserve(encoded.length);
    this.#buffer.set(encoded, this.#end);
    this.#end += encoded.length;
  }

  #text(field: number, value: string): void {
    if (value.length > shortTextMax || !this.#shortAscii(field, value)) {
      const length = Buffer.byteLength(value);
      this.#reserve(2 * varintBytesMax + length);
      this.#tag(field, delimited);
      this.#varint(length);
      this.#end += this.#buffer.write(value, this.#end, length);
    }
  }

  /** Returns false, with nothing written, when a character takes more than one byte. */
  #shortAscii(field: number, value: string): boolean {
    this.#reserve(2 * varintBytesMax + value.length);
    const start = this.#end;
    this.#tag(field, delimited);
    this.#varint(value.length);
    let at = this.#end;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) {
        this.#end = start;
        return false;
      }
      this.#buffer[at++] = code;
    }
    this.#end = at;
    return true;
  }

  #tag(field: number, type: number): void {
    this.#varint(field * 8 + type);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#end++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#end++] = rest;
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed <= this.#buffer.length) return;
    if (this.#end > this.#bytesMax) {
      throw new KmsError('resource_exhausted', `the message has more than ${this.#bytesMax} bytes`);
    }
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, 0, this.#end);
    this.#use(larger);
  }

  #use(buffer: Buffer): void {
    this.#buffer = buffer;
    this.#view = viewOf(buffer);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}

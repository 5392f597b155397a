// Reads model weights in the safetensors format: eight bytes of header length, a JSON header, then the raw tensors.
// Format: https://huggingface.co/docs/safetensors. Only half and single floats are read; both come out as Float32Array.

import { endianness } from 'node:os';
import { assert } from '../../base/assert.ts';
import { KmsError } from '../../base/errors.ts';

export interface WeightTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface TensorHeader {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Looks up tensors by name. Each call of `tensor` converts anew, so that only what is in use takes memory. */
export class Safetensors {
  readonly #bytes: Buffer;
  readonly #headers: Readonly<Record<string, TensorHeader>>;
  readonly #dataStart: number;

  constructor(bytes: Buffer) {
    assert(endianness() === 'LE', 'model weights are little-endian and are read in place');
    const headerLength = bytes.length < 8 ? Number.NaN : Number(bytes.readBigUInt64LE(0));
    if (!(headerLength <= bytes.length - 8)) throw damaged('the header does not fit into the file');
    this.#headers = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength));
    this.#dataStart = 8 + headerLength;
    this.#bytes = bytes;
  }

  /** Throws `data_loss` when the tensor is missing, of another shape, or not within the file. */
  tensor(name: string, shape: readonly number[]): WeightTensor {
    const raw = this.#raw(name, shape);
    return { shape, values: raw instanceof Float32Array ? raw : halvesToFloats(raw) };
  }

  /** The bits of half floats as they are stored. Throws as `tensor` does, and for single floats. */
  halves(name: string, shape: readonly number[]): Uint16Array {
    const raw = this.#raw(name, shape);
    if (raw instanceof Uint16Array) return raw;
    throw damaged(`tensor ${name} is of F32, expected F16`);
  }

  #raw(name: string, shape: readonly number[]): Uint16Array | Float32Array {
    const header = this.#headers[name];
    if (header === undefined) throw damaged(`tensor ${name} is missing`);
    if (header.shape.join() !== shape.join()) {
      throw damaged(`tensor ${name} has shape [${header.shape.join()}], expected [${shape.join()}]`);
    }
    const [start, end] = header.data_offsets;
    const raw = this.#bytes.subarray(this.#dataStart + start, this.#dataStart + end);
    const length = shape.reduce((product, dimension) => product * dimension, 1);
    // Copied first: a typed array must start at a multiple of its element, and tensors start anywhere.
    const aligned = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength);
    if (header.dtype === 'F16' && raw.length === 2 * length) return new Uint16Array(aligned);
    if (header.dtype === 'F32' && raw.length === 4 * length) return new Float32Array(aligned);
    throw damaged(`tensor ${name} is ${raw.length} bytes of ${header.dtype}, expected ${length} F16 or F32`);
  }
}

function damaged(what: string): KmsError {
  return new KmsError('data_loss', `model weights are damaged: ${what}`);
}

/** All 65,536 halves at 4 bytes: 256 KiB, and 22 million conversions become look-ups (50 ms instead of a second). */
const floatOfHalf = new Float32Array(65_536).map((_, half) => floatFromHalf(half));

function halvesToFloats(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) floats[i] = floatOfHalf[halves[i] as number] as number;
  return floats;
}

/** IEEE 754 binary16: one sign bit, five of exponent (bias 15), ten of fraction. */
export function floatFromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

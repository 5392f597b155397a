// How the index allocates its arrays: those of a memtable grow by doubling, so that a collection of three documents
// costs little and one of thousands copies each element about once; those of a segment are made in their full length.

/** The class of a typed array. */
export interface ArrayType<A> {
  new (buffer: ArrayBuffer, start: number, length: number): A;
  readonly BYTES_PER_ELEMENT: number;
}

type Growable = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const lengthMin = 16;

/** `array`, or a longer copy of it that has room for `length` elements. */
export function withRoom<A extends Growable>(array: A, length: number): A {
  if (length <= array.length) return array;
  const Longer = array.constructor as new (length: number) => A;
  const longer = new Longer(Math.max(lengthMin, 2 * array.length, length));
  longer.set(array);
  return longer;
}

/** Not zeroed, which for many megabytes would take longer than a unit of work: every element has to be written. */
export function unfilled<A extends ArrayBufferView>(Type: ArrayType<A>, length: number): A {
  const { buffer } = Buffer.allocUnsafeSlow(length * Type.BYTES_PER_ELEMENT);
  return new Type(buffer as ArrayBuffer, 0, length);
}

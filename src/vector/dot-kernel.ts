// Dot products of one query with many rows, in WebAssembly SIMD. hnswlib's own exact index would be an object and a block
// of memory for each of ten thousand small collections; here a row is a copy of 1.5 KB into memory that all share. The
// scan is as fast as the native one: 32 rows of 384 take 2 µs.
//
// The module is small enough to be written down by hand, so no compiler and no binary file comes with it. In text form:
//
//   (func (export "dots") (param $query i32) (param $row i32) (param $rowsEnd i32) (param $rowBytes i32) (param $out i32)
//     (local $q i32) (local $end i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
//     for each row until $rowsEnd:  a..d = 0;  for each 64 bytes of it:  a..d += query's 4 lanes × row's 4 lanes;
//                                   $out = sum of all lanes, $out += 4

/** What @types/node lacks of the standard API, and no more than is used here. */
interface WebAssemblyApi {
  readonly Memory: new (descriptor: { readonly initial: number; readonly maximum: number }) => KernelMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly dots: Dots } };
}

export interface KernelMemory {
  /** Another object after each `grow`. */
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** All in bytes from the start of the memory; rows follow each other, `rowBytes` a multiple of `rowBytesUnit`. */
export type Dots = (query: number, row: number, rowsEnd: number, rowBytes: number, out: number) => void;

export const pageBytes = 65_536;
/** Four registers of four floats: one step of the inner loop. */
export const rowBytesUnit = 64;

const i32 = 0x7f;
const v128 = 0x7b;
const empty = 0x40;
const end = 0x0b;
const i32Add = 0x6a;
const f32Add = 0x92;
const [query, row, rowsEnd, rowBytes, out, q, rowEnd, a, b, c, d] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const block = [0x02, empty];
const loop = [0x03, empty];
const branch = (depth: number) => [0x0c, depth];
const branchIf = (depth: number) => [0x0d, depth];
const lessThan = 0x49;
const atLeast = 0x4f;
const plus = (local: number, literal: readonly number[]) => [...get(local), 0x41, ...literal, i32Add];
const simd = (...code: number[]) => [0xfd, ...code];
const vectorLoad = (offset: number) => simd(0x00, 4, offset);
const vectorAdd = simd(0xe4, 0x01);
const vectorMultiply = simd(0xe6, 0x01);
const vectorZero = simd(0x0c, ...new Array<number>(16).fill(0));
const lane = (index: number) => [...get(a), ...simd(0x1f, index)];
const storeFloat = [0x38, 2, 0];
/** 64 as a signed LEB128 number. */
const sixtyFour = [0xc0, 0x00];

const step = [a, b, c, d].flatMap((sum, i) => [
  ...get(sum),
  ...get(q),
  ...vectorLoad(i * 16),
  ...get(row),
  ...vectorLoad(i * 16),
  ...vectorMultiply,
  ...vectorAdd,
  ...set(sum),
]);

const code = [
  ...block,
  ...loop,
  ...[...get(row), ...get(rowsEnd), atLeast, ...branchIf(1)],
  ...[...get(row), ...get(rowBytes), i32Add, ...set(rowEnd)],
  ...[...get(query), ...set(q)],
  ...[...vectorZero, ...tee(a), ...tee(b), ...tee(c), ...set(d)],
  ...loop,
  ...step,
  ...[...plus(q, sixtyFour), ...set(q)],
  ...[...plus(row, sixtyFour), ...tee(row), ...get(rowEnd), lessThan, ...branchIf(0)],
  end,
  ...[...get(a), ...get(b), ...vectorAdd, ...get(c), ...get(d), ...vectorAdd, ...vectorAdd, ...set(a)],
  ...get(out),
  ...[...lane(0), ...lane(1), f32Add, ...lane(2), ...lane(3), f32Add, f32Add],
  ...storeFloat,
  ...[...plus(out, [4]), ...set(out)],
  ...branch(0),
  end,
  end,
  end,
];

const locals = [2, 2, i32, 4, v128];
const text = (name: string) => [name.length, ...Buffer.from(name)];
const section = (id: number, content: readonly number[]) => [id, ...size(content), ...content];

/** A length as an unsigned LEB128 number. */
function size(content: readonly number[]): number[] {
  const bytes: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

const body = [...locals, ...code];
const moduleBytes = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...section(1, [1, 0x60, 5, i32, i32, i32, i32, i32, 0]),
  ...section(2, [1, ...text('kernel'), ...text('memory'), 0x02, 0x00, 1]),
  ...section(3, [1, 0]),
  ...section(7, [1, ...text('dots'), 0x00, 0]),
  ...section(10, [1, ...size(body), ...body]),
]);

const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
const kernelModule = new webAssembly.Module(moduleBytes);

/** A memory of its own, and the kernel that works in it. */
export function createDotKernel(pages: { readonly initial: number; readonly maximum: number }): {
  readonly memory: KernelMemory;
  readonly dots: Dots;
} {
  const memory = new webAssembly.Memory(pages);
  const { dots } = new webAssembly.Instance(kernelModule, { kernel: { memory } }).exports;
  return { memory, dots };
}

// How a segment lies in its file: a header, then the arrays as they are in memory, each at a multiple of eight bytes.
// Numbers are in the byte order of the machine: little-endian wherever Node 20 runs but on IBM Z, where the header is
// refused.

import { KmsError } from '../base/errors.ts';
import { weighFields } from './bm25.ts';
import { countOfCode, countOfPacked, overflowCode } from './posting-code.ts';
import { Segment, type SegmentArrays } from './segment.ts';
import { boundSlack } from './segment-builder.ts';

export const segmentFormatVersion = 1;

/** The order in the file. */
const sections = [
  ['labels', Uint32Array],
  ['labelCounts', Uint32Array],
  ['titleLengths', Uint32Array],
  ['bodyLengths', Uint32Array],
  ['termCounts', Uint32Array],
  ['termUnits', Uint16Array],
  ['termOffsets', Uint32Array],
  ['sharedUnits', Uint8Array],
  ['postingOffsets', Uint32Array],
  ['maxCounts', Float32Array],
  ['maxDensities', Float32Array],
  ['ordinals', Uint16Array],
  ['codes', Uint8Array],
  ['overflowKeys', Float64Array],
  ['overflowCounts', Float64Array],
] as const satisfies readonly (readonly [keyof SegmentArrays, unknown])[];

const magic = 0x4c534d4b; // the bytes K M S L
/** Magic, version, weights of the fields, and the sections' lengths in elements. */
export const headerBytes = 8 * Math.ceil((4 + 4 + 8 + 4 * sections.length) / 8);

/** What the file consists of, one part after the other; views, not copies, but for the header. */
export function* partsOf(arrays: SegmentArrays): Generator<Uint8Array> {
  yield headerOf(arrays);
  for (const [name] of sections) {
    const { buffer, byteOffset, byteLength } = arrays[name];
    yield new Uint8Array(buffer, byteOffset, byteLength);
    yield new Uint8Array(paddingAfter(byteLength));
  }
}

/** The segment in a file's bytes, which it keeps. Throws `data_loss` when it cannot be one. */
export function segmentIn(buffer: ArrayBuffer): Segment {
  const view = new DataView(buffer);
  const numbers = new Uint32Array(buffer, 0, 2);
  if (buffer.byteLength < headerBytes || numbers[0] !== magic) throw damaged('it is no segment');
  if (numbers[1] !== segmentFormatVersion) throw damaged('it is of another version');
  let at = headerBytes;
  const entries = sections.map(([name, Type], i) => {
    const length = view.getUint32(16 + 4 * i, true);
    if (at + length * Type.BYTES_PER_ELEMENT > buffer.byteLength)
      throw damaged('it is shorter than its parts');
    const array = new Type(buffer, at, length);
    at += array.byteLength + paddingAfter(array.byteLength);
    return [name, array] as const;
  });
  if (at !== buffer.byteLength) throw damaged('its length does not fit its parts');
  const arrays = Object.fromEntries(entries) as unknown as SegmentArrays;
  const segment = new Segment(arrays);
  if (view.getFloat64(8, true) !== titleWeight()) renewBounds(segment);
  return segment;
}

export function damaged(what: string): KmsError {
  return new KmsError('data_loss', `a lexical segment is damaged: ${what}`);
}

function headerOf(arrays: SegmentArrays): Uint8Array {
  const header = new ArrayBuffer(headerBytes);
  const view = new DataView(header);
  view.setUint32(0, magic, true);
  view.setUint32(4, segmentFormatVersion, true);
  view.setFloat64(8, titleWeight(), true);
  for (const [i, [name]] of sections.entries()) view.setUint32(16 + 4 * i, arrays[name].length, true);
  return new Uint8Array(header);
}

function paddingAfter(bytes: number): number {
  return (8 - (bytes % 8)) % 8;
}

/** What the bounds in a file rest on, beside the postings. */
function titleWeight(): number {
  return weighFields({ title: 1, body: 0 });
}

/** The file is from before the fields' weights changed: its bounds are found out again, at some 5 ns a posting. */
function renewBounds(segment: Segment): void {
  const { arrays, weightedLengths } = segment;
  for (let term = 0; term < segment.terms; term++) {
    let [maxCount, maxDensity] = [0, 0];
    for (let place = segment.start(term); place < segment.end(term); place++) {
      const ordinal = arrays.ordinals[place] as number;
      const code = arrays.codes[place] as number;
      const packed = code === overflowCode ? segment.overflow(term, ordinal) : null;
      const count = packed === null ? (countOfCode[code] as number) : countOfPacked(packed);
      maxCount = Math.max(maxCount, count);
      maxDensity = Math.max(maxDensity, count / (weightedLengths[ordinal] as number));
    }
    arrays.maxCounts[term] = maxCount * boundSlack;
    arrays.maxDensities[term] = maxDensity * boundSlack;
  }
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantiseColumns } from '../../../src/embedding/minilm/quantise-columns.ts';
import { floatFromHalf, Safetensors } from '../../../src/embedding/minilm/safetensors.ts';

function safetensorsFile(header: object, data: Buffer): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

describe('safetensors', () => {
  test('halves and floats are read by name wherever they lie', () => {
    const data = Buffer.from([0x00, 0x3c, 0x00, 0xc0, 0x66, 0x2e, 0, 0, 0x80, 0x3f]);
    const file = safetensorsFile(
      {
        halves: { dtype: 'F16', shape: [3], data_offsets: [0, 6] },
        single: { dtype: 'F32', shape: [1, 1], data_offsets: [6, 10] },
      },
      data,
    );
    const tensors = new Safetensors(Buffer.concat([Buffer.alloc(1), file]).subarray(1));
    expect([...tensors.tensor('halves', [3]).values]).toEqual([1, -2, Math.fround(0.0999755859375)]);
    expect([...tensors.tensor('single', [1, 1]).values]).toEqual([1]);
  });

  test('special halves keep their meaning', () => {
    expect(floatFromHalf(0x7c00)).toBe(Number.POSITIVE_INFINITY);
    expect(floatFromHalf(0xfc00)).toBe(Number.NEGATIVE_INFINITY);
    expect(floatFromHalf(0x7e00)).toBeNaN();
    expect(floatFromHalf(0x0001)).toBe(2 ** -24);
    expect(floatFromHalf(0x7bff)).toBe(65_504);
    expect(floatFromHalf(0x8000)).toBe(-0);
  });

  test.each([
    ['missing', 'other', [2], 'is missing'],
    ['of another shape', 'x', [4], 'has shape [2], expected [4]'],
    ['not whole', 'short', [2], 'is 2 bytes of F16'],
    ['of a type that is not read', 'long', [1], 'of I64'],
  ])('a tensor that is %s is data loss', (_, name, shape, message) => {
    const file = safetensorsFile(
      {
        x: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
        short: { dtype: 'F16', shape: [2], data_offsets: [2, 8] },
        long: { dtype: 'I64', shape: [1], data_offsets: [0, 4] },
      },
      Buffer.alloc(4),
    );
    const read = () => new Safetensors(file).tensor(name, shape);
    expect(read).toThrowError(expect.objectContaining({ code: 'data_loss' }));
    expect(read).toThrow(message);
  });

  test('a header longer than the file is data loss', () => {
    const file = safetensorsFile({}, Buffer.alloc(0));
    file.writeBigUInt64LE(1_000n);
    expect(() => new Safetensors(file)).toThrowError(expect.objectContaining({ code: 'data_loss' }));
    expect(() => new Safetensors(Buffer.alloc(3))).toThrowError(
      expect.objectContaining({ code: 'data_loss' }),
    );
  });
});

describe('quantised columns', () => {
  test('every weight comes back within half a step of its own column', () => {
    const weight = fc.float({ min: -4, max: 4, noNaN: true });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 12, maxLength: 12 }), (weights) => {
        const { values, scales, zeroPoint } = quantiseColumns(Float32Array.from(weights), 3);
        for (const [index, original] of weights.entries()) {
          const scale = scales[index % 3] as number;
          const restored = ((values[index] as number) - zeroPoint) * scale;
          expect(Math.abs(restored - original)).toBeLessThanOrEqual(scale * 0.501);
        }
      }),
    );
  });

  test('a column of small weights keeps its resolution beside one of large weights', () => {
    const { values } = quantiseColumns(Float32Array.of(100, 0.001, -50, -0.0005, 0, 0), 2);
    expect([...values]).toEqual([255, 255, 64, 64, 128, 128]);
  });
});

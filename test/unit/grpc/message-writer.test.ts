// Whatever is written reads back with the reader of another hand, at every length where a length takes one byte more.

import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import { MessageWriter } from '../../../src/grpc/message-writer.ts';

const mebibyte = 1024 * 1024;
/** One, two, three and four bytes say how long a field is; the first buffer ends at 16 KiB. */
const lengths = [0, 1, 126, 127, 128, 129, 16_382, 16_383, 16_384, 16_385, 2_097_151, 2_097_152];

/** The payload of the one field of the message, which is delimited. */
function only(bytes: Uint8Array): Uint8Array {
  const reader = protobuf.Reader.create(bytes);
  expect(reader.uint32()).toBe((1 << 3) | 2);
  const payload = reader.bytes();
  expect(reader.pos).toBe(reader.len);
  return payload;
}

describe('a message within a message', () => {
  test.each(lengths)('of %i bytes is what was written, at every depth', (length) => {
    const writer = new MessageWriter(16 * mebibyte);
    const payload = Buffer.alloc(length, 'abcdefg');
    for (const depth of [1, 2, 3]) {
      const write = (levels: number): void => {
        if (levels === 0) writer.fields(payload);
        else {
          const start = writer.open(1);
          write(levels - 1);
          writer.close(start);
        }
      };
      writer.begin();
      write(depth);
      writer.text(2, 'end');
      const { bytes } = writer.finish();
      const end = Buffer.from([(2 << 3) | 2, 3, ...Buffer.from('end')]);
      expect(bytes.subarray(-end.length).equals(end)).toBe(true);
      let inner: Uint8Array = bytes.subarray(0, -end.length);
      for (let level = 0; level < depth; level++) inner = only(inner);
      expect(payload.equals(inner)).toBe(true);
    }
  });

  test('is whole wherever the buffer ends', () => {
    for (let before = 16 * 1024 - 160; before <= 16 * 1024 + 8; before++) {
      const writer = new MessageWriter(mebibyte);
      writer.begin();
      writer.fields(Buffer.alloc(before));
      const start = writer.open(1);
      writer.fields(Buffer.alloc(130, 7));
      writer.close(start);
      const payload = only(writer.finish().bytes.subarray(before));
      expect(Buffer.alloc(130, 7).equals(payload)).toBe(true);
    }
  });
});

describe('a text', () => {
  test.each([
    '',
    'a',
    'x'.repeat(48),
    'x'.repeat(49),
    'x'.repeat(127),
    'x'.repeat(128),
    `${'x'.repeat(47)}ü`,
    'ü'.repeat(64),
    '😀'.repeat(4_096),
    '\u0000\u007f\u0080',
  ])('%# reads back', (text) => {
    const writer = new MessageWriter(mebibyte);
    writer.begin();
    writer.textOf(1, text);
    expect(Buffer.from(only(writer.finish().bytes)).toString('utf8')).toBe(text);
  });
});

describe('a number', () => {
  test.each([1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -1, -(2 ** 40)])(
    '%d reads back',
    (n) => {
      const writer = new MessageWriter(mebibyte);
      writer.begin();
      if (n < 0) writer.negative(1, n);
      else writer.whole(1, n);
      const reader = protobuf.Reader.create(writer.finish().bytes);
      expect(reader.uint32()).toBe(1 << 3);
      expect(Number(reader.int64())).toBe(n);
      expect(reader.pos).toBe(reader.len);
    },
  );
});

test('a message that is too large is refused before its buffer has grown much beyond it, and the next is whole', () => {
  const writer = new MessageWriter(mebibyte);
  const part = Buffer.alloc(64 * 1024);
  writer.begin();
  let written = 0;
  expect(() => {
    for (; written < 100 * mebibyte; written += part.length) writer.bytes(1, part);
  }).toThrow(KmsError);
  expect(written).toBeLessThan(4 * mebibyte);
  writer.begin();
  writer.text(1, 'next');
  expect(Buffer.from(only(writer.finish().bytes)).toString()).toBe('next');
});

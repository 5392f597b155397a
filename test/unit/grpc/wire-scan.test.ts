// The scan of a request's bytes before they are decoded.

import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { NestingError, nestingMax, planScan, scanMessage } from '../../../src/grpc/wire-scan.ts';
import { field } from '../../support/grpc-raw-client.ts';

const root = protobuf.parse(
  `syntax = "proto3";
   message Batch { uint64 sequence = 1; repeated Item items = 2; double weight = 3; bytes raw = 4; repeated uint32 sizes = 5; }
   message Item { string id = 1; map<string, Value> values = 2; repeated string tags = 3; }
   message Value { oneof kind { string text = 1; double number = 2; } }`,
  { keepCase: true },
).root;
const Batch = root.lookupType('Batch');
const plan = planScan(Batch.root.resolveAll() && Batch);

const text = fc.string({ unit: 'binary' });
const batch = fc.record({
  sequence: fc.nat(),
  weight: fc.double({ noNaN: true }),
  raw: fc.uint8Array(),
  items: fc.array(
    fc.record({
      id: text,
      tags: fc.array(text),
      values: fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        fc.oneof(
          text.map((value) => ({ text: value })),
          fc.double().map((value) => ({ number: value })),
        ),
      ),
    }),
  ),
});

describe('a scan', () => {
  test('of what an encoder wrote finds nothing and counts every embedded message', () => {
    fc.assert(
      fc.property(batch, (message) => {
        const expected = message.items.reduce(
          (sum, { values }) => sum + 1 + 2 * Object.keys(values).length,
          0,
        );
        expect(scanMessage(plan, Batch.encode(message).finish())).toEqual({
          violations: [],
          messageCount: expected,
        });
      }),
    );
  });

  test('finds exactly the strings that are not UTF-8, by path', () => {
    const strings = fc.array(fc.uint8Array({ maxLength: 6 }), { maxLength: 8 });
    fc.assert(
      fc.property(strings, (tags) => {
        const bytes = field(2, Buffer.concat(tags.map((tag) => field(3, tag))));
        const bad = tags.flatMap((tag, index) => (isUtf8(tag) ? [] : [`items[0].tags[${index}]`]));
        expect(scanMessage(plan, bytes).violations.map((violation) => violation.field)).toEqual(bad);
      }),
    );
  });

  test('sees keys and values of maps, and passes over bytes and unknown fields', () => {
    const bad = Buffer.from([0xc3]);
    const entry = field(2, Buffer.concat([field(1, bad), field(2, field(1, bad))]));
    const bytes = Buffer.concat([
      field(4, bad),
      field(9, bad),
      field(2, Buffer.concat([field(1, 'id'), entry])),
    ]);
    expect(scanMessage(plan, bytes).violations.map((violation) => violation.field)).toEqual([
      'items[0].values[0].key',
      'items[0].values[0].value.text',
    ]);
  });

  test('of any bytes either ends or throws, and never passes what the decoder refuses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const scanned = attempt(() => scanMessage(plan, bytes));
        if (scanned) expect(attempt(() => Batch.decode(bytes))).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  test('refuses a field of another wire type and one that reaches beyond its message', () => {
    expect(() => scanMessage(plan, Buffer.from([0x0a, 0x00]))).toThrow('sequence has wire type 2');
    expect(() => scanMessage(plan, Buffer.from([0x12, 0x05, 0x0a]))).toThrow('beyond');
    expect(() => scanMessage(plan, Buffer.concat([field(2, Buffer.from([0x0a, 0x7f, 0x61]))]))).toThrow();
  });

  test('takes the numbers of a list packed and one by one, and counts the packed ones', () => {
    const packed = Batch.encode({ sizes: [1, 300, 5] }).finish();
    expect(scanMessage(plan, packed)).toEqual({ violations: [], messageCount: 3 });
    const single = Buffer.from([0x28, 1, 0x28, 2]);
    expect(Batch.decode(single)).toMatchObject({ sizes: [1, 2] });
    expect(scanMessage(plan, single)).toEqual({ violations: [], messageCount: 0 });
    expect(() => scanMessage(plan, Buffer.from([0x2a, 5, 1]))).toThrow('sizes reaches beyond its message');
    expect(() => scanMessage(plan, Buffer.from([0x2a, 1, 0x80, 1]))).toThrow('value of sizes');
  });
});

describe('a scan of messages within messages', () => {
  const tree = protobuf.parse(
    `syntax = "proto3";
     message Tree { repeated Tree parts = 1; string leaf = 2; Other other = 3; }
     message Other { Tree tree = 1; }`,
    { keepCase: true },
  ).root;
  const Tree = tree.lookupType('Tree');
  const treePlan = planScan(Tree.root.resolveAll() && Tree);

  const nested = (levels: number, innermost: Buffer) => {
    let bytes = innermost;
    for (let level = 0; level < levels; level += 1) bytes = field(1, bytes);
    return bytes;
  };

  test('knows types that hold themselves, and names what is wrong at any depth', () => {
    const bad = field(3, field(1, nested(3, field(2, Buffer.from([0xff])))));
    expect(scanMessage(treePlan, bad)).toEqual({
      violations: [
        { field: 'other.tree.parts[0].parts[0].parts[0].leaf', description: 'is not valid UTF-8' },
      ],
      messageCount: 5,
    });
  });

  test('goes as deep as it may and no deeper', () => {
    expect(scanMessage(treePlan, nested(nestingMax, Buffer.alloc(0))).messageCount).toBe(nestingMax);
    expect(() => scanMessage(treePlan, nested(nestingMax + 1, Buffer.alloc(0)))).toThrow(NestingError);
  });

  test('ends at ten thousand levels as it does at a hundred', () => {
    expect(() => scanMessage(treePlan, nested(10_000, field(2, 'leaf')))).toThrow(NestingError);
  });

  test('ends at groups within groups', () => {
    expect(() => scanMessage(treePlan, Buffer.alloc(1_000_000, 0x4b))).toThrow('nesting');
  });
});

function attempt(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

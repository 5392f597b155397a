// What passes between the wire and the model, without a server.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputFaults } from '../../../src/grpc/input-faults.ts';
import { PageTokens } from '../../../src/grpc/page-token.ts';
import { timeToWire } from '../../../src/grpc/wire-answer.ts';
import { quote, timeMsFromWire } from '../../../src/grpc/wire-checks.ts';
import { vectorFromWire, vectorToWire } from '../../../src/grpc/wire-vector.ts';

describe('a page token', () => {
  const tokens = new PageTokens('ListDocuments', 'collection');

  test('gives back its id for its own collection', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (id) => {
        const faults = new InputFaults();
        expect(tokens.decode(tokens.encode('kb', id), 'kb', faults)).toBe(id);
        expect(faults.isEmpty).toBe(true);
      }),
    );
  });

  test('with any one character changed is refused', () => {
    const token = tokens.encode('kb', 'document-17');
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'ABCxyz019-_'), (index, character) => {
        fc.pre(token[index] !== character);
        const faults = new InputFaults();
        const changed = token.slice(0, index) + character + token.slice(index + 1);
        expect(tokens.decode(changed, 'kb', faults)).toBeNull();
        expect(faults.isEmpty).toBe(false);
      }),
    );
  });

  test('of the longest id fits its own bound', () => {
    const faults = new InputFaults();
    const id = '"'.repeat(512);
    expect(tokens.decode(tokens.encode('c'.repeat(64), id), 'c'.repeat(64), faults)).toBe(id);
  });
});

describe('a vector', () => {
  test('comes in as unit length in memory of its own, wherever its bytes lay', () => {
    const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(values, fc.nat(7), (raw, offset) => {
        fc.pre(raw.some((value) => value !== 0));
        const message = Buffer.alloc(offset + 32);
        for (const [index, value] of raw.entries()) message.writeFloatLE(value, offset + index * 4);
        const faults = new InputFaults();
        const vector = vectorFromWire(message.subarray(offset), 8, 'embedding', faults);
        expect(faults.isEmpty).toBe(true);
        expect(vector?.buffer.byteLength).toBe(32);
        expect(Math.hypot(...(vector ?? []))).toBeCloseTo(1, 5);
        expect(vectorToWire(vector as Float32Array).buffer).toBe(vector?.buffer);
      }),
    );
  });
});

describe('a time', () => {
  test('keeps its milliseconds both ways, before and after 1970', () => {
    const timesMs = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(timesMs, (timeMs) => {
        const { seconds, nanos } = timeToWire(timeMs);
        const faults = new InputFaults();
        expect(timeMsFromWire({ seconds: String(seconds), nanos: Number(nanos) }, 'time', faults)).toBe(
          timeMs,
        );
        expect(faults.isEmpty).toBe(true);
      }),
    );
  });
});

describe('a quotation', () => {
  test('is short and never cuts a character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const quoted = quote(text);
        expect(Array.from(quoted).length).toBeLessThanOrEqual(43);
        expect(() => encodeURI(quoted)).not.toThrow();
      }),
    );
  });
});

describe('faults', () => {
  test('below a path are those of that part alone', () => {
    const faults = new InputFaults([
      { field: 'documents[1].title', description: 'a' },
      { field: 'documents[11].title', description: 'b' },
      { field: 'documents[1]', description: 'c' },
    ]);
    expect(
      faults
        .below('documents[1]')
        .toError()
        .violations.map(({ description }) => description),
    ).toEqual(['a', 'c']);
    expect(faults.below('documents[2]').isEmpty).toBe(true);
  });

  test('are a dimension mismatch only when that is all that is wrong', () => {
    const faults = new InputFaults();
    faults.addDimensionMismatch('embedding', 4, 3);
    expect(faults.toError().code).toBe('dimension_mismatch');
    faults.add('id', 'is empty');
    expect(faults.toError().code).toBe('invalid_argument');
    expect(faults.toError().message).toContain('(and 1 more)');
  });
});

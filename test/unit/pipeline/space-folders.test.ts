import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  defaultSpaceEntry,
  knownSpaces,
  newSpaceEntry,
  slugOf,
  spacesInUse,
} from '../../../src/pipeline/space-folders.ts';
import { collectionRecord } from '../../support/model-space.ts';

const spec = { provider: 'minilm', precision: 'int8' } as const;

test('a slug is safe in a path and differs where generations differ', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(slugOf(a)).toMatch(/^[a-z0-9-]{9,57}$/);
      expect(slugOf(a) === slugOf(b)).toBe(a === b);
    }),
  );
});

test('the first space lies in the data folder itself, each further one in its own folder', () => {
  const first = newSpaceEntry({ generation: 'g1', spec }, []);
  const second = newSpaceEntry({ generation: 'g2', spec }, [first]);
  expect(first.folder).toBe('');
  expect(second.folder).toMatch(/^spaces\/g2-/);
});

test('a folder from before spaces were recorded has the built-in model', () => {
  const records = [collectionRecord('cases', 'minilm-l6-v2/int8@384:unit:c1')];
  expect(knownSpaces([], records)).toEqual([
    { generation: 'minilm-l6-v2/int8@384:unit:c1', spec, folder: '' },
  ]);
  expect(knownSpaces([], [])).toEqual([]);
});

test("the settings' space stays where it lies, opened as the settings say now", () => {
  const known = [
    { generation: 'g1', spec: { provider: 'onnx', folder: '/old' } as const, folder: 'spaces/x' },
  ];
  const moved = { provider: 'onnx', folder: '/new' } as const;
  expect(defaultSpaceEntry({ generation: 'g1', spec: moved }, known)).toEqual({
    generation: 'g1',
    spec: moved,
    folder: 'spaces/x',
  });
});

test('what collections are served by, moved to or may go back to runs; what is removed need not', () => {
  const known = ['g1', 'g2', 'g3', 'g4', 'g5'].map((generation) => ({
    generation,
    spec,
    folder: generation,
  }));
  const records = [
    collectionRecord('a', 'g1', { target: 'g2' }),
    collectionRecord('b', 'g1', { previous: 'g3' }),
    collectionRecord('c', 'g1', { dropping: 'g4' }),
  ];
  expect(spacesInUse(known, records).map(({ generation }) => generation)).toEqual(['g1', 'g2', 'g3']);
  expect(() => spacesInUse([], records)).toThrow(expect.objectContaining({ code: 'data_loss' }));
});

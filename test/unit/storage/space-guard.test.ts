import { expect, test } from 'vitest';
import { SpaceGuard } from '../../../src/storage/space-guard.ts';

const mib = 2 ** 20;

function guard(parts: { used: number; file: number; free: number }): SpaceGuard {
  return new SpaceGuard({
    folder: '.',
    mapBytesMax: 1_000 * mib,
    use: () => ({ usedBytes: parts.used * mib, fileBytes: parts.file * mib }),
    freeBytes: () => parts.free * mib,
  });
}

test('a write that fits is let through', () => {
  expect(() => guard({ used: 100, file: 200, free: 10_000 }).check(100 * mib)).not.toThrow();
});

test('a write that might not fit into the map is refused before it is tried', () => {
  const full = guard({ used: 900, file: 990, free: 10_000 });
  expect(() => full.check(10 * mib)).toThrowError(expect.objectContaining({ code: 'resource_exhausted' }));
});

test('freed pages count as room again', () => {
  expect(() => guard({ used: 300, file: 1_000, free: 10_000 }).check(10 * mib)).not.toThrow();
});

test('a write is refused while the disk still has room for what must not fail', () => {
  const full = guard({ used: 1, file: 1, free: 70 });
  expect(() => full.check(10 * mib)).toThrowError(expect.objectContaining({ code: 'resource_exhausted' }));
  expect(() => full.check(0)).not.toThrow();
});

test('room is measured again after a share of it was used, not at every write', () => {
  let measured = 0;
  const watched = new SpaceGuard({
    folder: '.',
    mapBytesMax: 1_000 * mib,
    use: () => {
      measured++;
      return { usedBytes: 0, fileBytes: 0 };
    },
    freeBytes: () => 10_000 * mib,
  });
  for (let i = 0; i < 20; i++) watched.check(mib);
  expect(measured).toBe(1);
  for (let i = 0; i < 100; i++) watched.check(mib);
  expect(measured).toBeGreaterThan(1);
});

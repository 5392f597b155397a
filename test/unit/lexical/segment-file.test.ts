import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LexicalIndex } from '../../../src/lexical/lexical-index.ts';
import { loadSegmentFile, type SegmentRow, writeSegmentFile } from '../../../src/lexical/segment-file.ts';
import { analyzed, randomDocument, vocabulary } from '../../support/lexical-model.ts';
import { randomFrom } from '../../support/random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const words = vocabulary(60);
const options = { progress: () => undefined };

/** A file of ten documents. */
async function savedSegment(folder: string): Promise<SegmentRow> {
  const index = new LexicalIndex();
  const random = randomFrom(5);
  for (let label = 1; label <= 10; label++) {
    const document = randomDocument(random, label, { words, termsMax: 12 });
    index.add({ label, labelCount: 1, sequence: label, text: analyzed(document) });
  }
  index.sealForSnapshot();
  while (index.step());
  const change = index.takeUnsaved();
  if (change?.segment == null) throw new Error('there is no segment');
  const names = { id: change.id, file: '1.words', analyzerVersion: 1 };
  return await writeSegmentFile(folder, change.segment, names);
}

test('a file that is torn or changed at any byte is refused', async () => {
  const folder = temporaryFolder();
  const row = await savedSegment(folder);
  const path = join(folder, row.file);
  const whole = readFileSync(path);
  const damage = fc.record({
    at: fc.nat({ max: whole.length - 1 }),
    kind: fc.constantFrom('cut' as const, 'flip' as const, 'zeroed rest' as const, 'longer' as const),
    bit: fc.nat({ max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(damage, async ({ at, kind, bit }) => {
      let bytes = Buffer.from(whole);
      if (kind === 'cut') bytes = bytes.subarray(0, at);
      else if (kind === 'flip') bytes[at] = (bytes[at] as number) ^ (1 << bit);
      else if (kind === 'zeroed rest') bytes.fill(0, at);
      else bytes = Buffer.concat([bytes, Buffer.alloc(8)]);
      fc.pre(!bytes.equals(whole));
      writeFileSync(path, bytes);
      await expect(loadSegmentFile(folder, row, options)).rejects.toMatchObject({ code: 'data_loss' });
    }),
    { numRuns: 300 },
  );
  writeFileSync(path, whole);
  expect((await loadSegmentFile(folder, row, options)).documents).toBe(10);
});

test('a row that is of another file, or of another version, is refused', async () => {
  const folder = temporaryFolder();
  const row = await savedSegment(folder);
  for (const other of [{ documents: 9 }, { formatVersion: 99 }, { file: 'gone.words' }, { bytes: 0 }]) {
    const loading = loadSegmentFile(folder, { ...row, ...other }, options);
    await expect(loading).rejects.toMatchObject({ code: 'data_loss' });
  }
});

test('a file gets its name when it is complete, and a failed one leaves nothing behind', async () => {
  const folder = temporaryFolder();
  const row = await savedSegment(folder);
  expect(readdirSync(folder)).toEqual([row.file]);
  expect(readFileSync(join(folder, row.file)).length).toBe(row.bytes);
  const segment = await loadSegmentFile(folder, row, options);
  const names = { id: 2, file: join('no', 'such', 'folder'), analyzerVersion: 1 };
  await expect(writeSegmentFile(folder, segment, names)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(readdirSync(folder)).toEqual([row.file]);
});

test('bounds of a file from before the title weighed what it weighs now are found out again', async () => {
  const folder = temporaryFolder();
  const row = await savedSegment(folder);
  const segment = await loadSegmentFile(folder, row, options);
  const { maxCounts, maxDensities } = segment.arrays;
  const expected = [[...maxCounts], [...maxDensities]];
  // The same file with bounds of another weight, which would hide documents.
  maxCounts.fill(0);
  maxDensities.fill(0);
  const changed = await writeSegmentFile(folder, segment, { id: 2, file: '2.words', analyzerVersion: 1 });
  const path = join(folder, changed.file);
  const bytes = readFileSync(path);
  bytes.writeDoubleLE(7.5, 8);
  writeFileSync(path, bytes);
  const { createHash } = await import('node:crypto');
  const checksum = createHash('sha256').update(bytes).digest('hex');
  const loaded = await loadSegmentFile(folder, { ...changed, checksum }, options);
  expect([[...loaded.arrays.maxCounts], [...loaded.arrays.maxDensities]]).toEqual(expected);
});

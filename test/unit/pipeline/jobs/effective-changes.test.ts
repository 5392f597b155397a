import { expect, test } from 'vitest';
import { effectiveChanges } from '../../../../src/pipeline/jobs/effective-changes.ts';
import type { SourceChange } from '../../../../src/sources/sync-source.ts';
import { caseDocument } from '../../../support/memory-source.ts';

const upsert = (id: string, body: string): SourceChange => ({
  type: 'upsert',
  document: caseDocument(id, body),
});
const deletion = (id: string): SourceChange => ({ type: 'delete', key: { collection: 'cases', id } });
const rejected = (id: string): SourceChange => ({
  type: 'rejected',
  key: { collection: 'cases', id },
  fault: { code: 'invalid_argument', message: 'no', violations: [], facts: {} },
  raw: `{"id":"${id}"}`,
});

test('of several changes of one document the last one counts', () => {
  const effective = effectiveChanges([
    upsert('1', 'old'),
    deletion('2'),
    upsert('1', 'new'),
    upsert('2', 'back'),
    upsert('3', 'x'),
    deletion('3'),
  ]);
  expect(effective.upserts.map(({ id, body }) => [id, body])).toEqual([
    ['1', 'new'],
    ['2', 'back'],
  ]);
  expect(effective.deletes.map(({ id }) => id)).toEqual(['3']);
  expect(effective.superseded).toBe(3);
});

test('a row that cannot be read is void when a later version can, and leaves an earlier one alone', () => {
  const effective = effectiveChanges([
    rejected('1'),
    upsert('1', 'fixed'),
    upsert('2', 'good'),
    rejected('2'),
  ]);
  expect(effective.upserts.map(({ id }) => id)).toEqual(['1', '2']);
  expect(effective.rejected.map(({ key }) => key.id)).toEqual(['2']);
});

test('rows without an id are not versions of each other', () => {
  expect(effectiveChanges([rejected(''), rejected('')]).rejected).toHaveLength(2);
});

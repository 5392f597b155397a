// Folders of judged data as they come, and as they come broken: a fault names its file and line.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSets } from '../../../scripts/eval/find-sets.ts';
import type { RetrievalSet } from '../../../scripts/eval/judged-set.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const good = {
  'tiny/corpus.jsonl': '{"_id": "d1", "title": "One", "text": "first"}\n{"_id": "d2", "text": "second"}\n',
  'tiny/queries.jsonl': '{"_id": "q1", "text": "what is first"}\n{"_id": "q2", "text": "never judged"}\n',
  'tiny/qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n',
};

async function readOnly(files: Readonly<Record<string, string>>): Promise<RetrievalSet> {
  const [found] = findSets(folderOf(files), []);
  const set = await found?.read();
  if (set?.type !== 'retrieval') throw new Error('the set is no retrieval set');
  return set;
}

describe('a retrieval set', () => {
  it('has the judged queries with their relevant documents, and nothing else', async () => {
    const set = await readOnly(good);
    expect(set.documents).toEqual([
      { id: 'd1', title: 'One', text: 'first' },
      { id: 'd2', title: '', text: 'second' },
    ]);
    expect(set.queries).toEqual([{ id: 'q1', text: 'what is first', gains: new Map([['d1', 2]]) }]);
    expect(set.excludesSelf).toBe(false);
    expect(set.notes).toEqual([]);
  });

  it('needs no line of names above its judgements, and takes numbers as ids', async () => {
    const set = await readOnly({
      'tiny/corpus.jsonl': '{"_id": 7, "text": "seven"}',
      'tiny/queries.jsonl': '{"_id": 1, "text": "which"}',
      'tiny/qrels/test.tsv': '1\t7\t1',
    });
    expect(set.queries).toEqual([{ id: '1', text: 'which', gains: new Map([['7', 1]]) }]);
  });

  it('that excludes itself does not count a query as relevant to itself', async () => {
    const set = await readOnly({
      ...good,
      'tiny/info.json': '{"exclude_self": true}',
      'tiny/qrels/test.tsv': 'q1\tq1\t1\nq1\td1\t1\nq2\tq2\t1\n',
    });
    expect(set.excludesSelf).toBe(true);
    expect(set.queries.map(({ id, gains }) => [id, [...gains.keys()]])).toEqual([['q1', ['d1']]]);
  });

  it('says what it leaves out', async () => {
    const set = await readOnly({
      ...good,
      'tiny/corpus.jsonl': `${good['tiny/corpus.jsonl']}{"_id": "d3", "title": " "}\n`,
      'tiny/qrels/test.tsv': 'q1\td1\t1\nq1\td9\t1\nq9\td1\t1\n',
    });
    expect(set.documents).toHaveLength(2);
    expect(set.queries[0]?.gains.size).toBe(2);
    expect(set.notes).toEqual([
      'documents without title and text, left out: 1',
      'judged queries without a text, left out: 1',
      'judgements of documents that the corpus has not, counted as not found: 1',
    ]);
  });

  it.each([
    ['without queries.jsonl', { 'tiny/queries.jsonl': null }, /queries\.jsonl: is missing$/],
    ['without judgements', { 'tiny/qrels/test.tsv': null }, /test\.tsv: is missing$/],
    ['without a corpus', { 'tiny/corpus.jsonl': null }, /corpus\.jsonl: is missing$/],
    ['with an empty corpus', { 'tiny/corpus.jsonl': '\n' }, /corpus\.jsonl: is empty$/],
    ['with broken JSON', { 'tiny/corpus.jsonl': '{"_id": "a"}\n{"_id"' }, /corpus\.jsonl:2: is not JSON$/],
    [
      'with a line that is no object',
      { 'tiny/queries.jsonl': '["q1"]' },
      /queries\.jsonl:1: must be a JSON object$/,
    ],
    ['without an id', { 'tiny/corpus.jsonl': '{"text": "x"}' }, /corpus\.jsonl:1: has no _id$/],
    [
      'with an id twice',
      { 'tiny/corpus.jsonl': '{"_id":"a"}\n{"_id":"a"}' },
      /corpus\.jsonl:2: repeats the _id a$/,
    ],
    [
      'with a title that is no text',
      { 'tiny/corpus.jsonl': '{"_id":"a","title":3}' },
      /:1: title must be a string$/,
    ],
    [
      'with two columns',
      { 'tiny/qrels/test.tsv': 'q1\td1\n' },
      /test\.tsv:1: must hold query-id, corpus-id and score/,
    ],
    [
      'with a score that is none',
      { 'tiny/qrels/test.tsv': 'q1\td1\t1\nq1\td2\tyes\n' },
      /test\.tsv:2: the score must be/,
    ],
    [
      'with nothing relevant',
      { 'tiny/qrels/test.tsv': 'q1\td1\t0\n' },
      /names no query of queries\.jsonl with a relevant/,
    ],
    ['with a broken info.json', { 'tiny/info.json': '{' }, /info\.json: is not JSON$/],
  ])('%s is refused with the place', async (_, changes, message) => {
    const files = Object.entries({ ...good, ...changes }).filter(([, text]) => text !== null);
    await expect(readOnly(Object.fromEntries(files) as Record<string, string>)).rejects.toThrow(message);
  });
});

describe('a folder', () => {
  const everything = {
    ...good,
    'intents/train.csv': 'text,category\n"a, b",x\nc,y\n',
    'intents/test.csv': 'text,category\nd,x\n',
    'sentences/sentences-test.csv': 'one,two,2.5\n',
    'notes/README.txt': 'no set',
  };

  it('holds sets that are known by their files, in order of name', () => {
    const found = findSets(folderOf(everything), []);
    expect(found.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'intents labelled',
      'sentences pairs',
      'tiny retrieval',
    ]);
  });

  it('gives labelled texts and pairs as they stand in the files', async () => {
    const [intents, sentences] = await Promise.all(
      findSets(folderOf(everything), ['intents', 'sentences']).map((set) => set.read()),
    );
    expect(intents).toMatchObject({
      train: [
        { text: 'a, b', label: 'x' },
        { text: 'c', label: 'y' },
      ],
      test: [{ text: 'd', label: 'x' }],
    });
    expect(sentences).toMatchObject({ pairs: [{ first: 'one', second: 'two', judgement: 2.5 }] });
  });

  it('may be a set itself', () => {
    const folder = folderOf(good);
    expect(findSets(join(folder, 'tiny'), []).map(({ name }) => name)).toEqual(['tiny']);
  });

  it('that is missing, or holds no set, or not the one asked for, is refused', () => {
    const folder = folderOf({ 'notes/README.txt': 'no set' });
    expect(() => findSets(join(folder, 'nowhere'), [])).toThrow(/nowhere: is not a folder$/);
    expect(() => findSets(folder, [])).toThrow(/holds no judged set/);
    expect(() => findSets(folderOf(good), ['tiny', 'huge'])).toThrow(/holds no set huge; it holds tiny$/);
  });

  it.each([
    ['intents/test.csv', 'text,label\nd,z\n', /test\.csv: has the category z that train\.csv has not$/],
    ['intents/train.csv', 'words,category\na,b\n', /train\.csv:1: must name the columns text and category$/],
    ['intents/train.csv', 'text,category\na\n', /train\.csv:2: is not CSV/],
    ['intents/test.csv', 'text,category\n,x\n', /test\.csv:2: has an empty text or category$/],
    [
      'sentences/sentences-test.csv',
      'one,two,2\nthree,four,much\n',
      /:2: must hold two sentences and a number$/,
    ],
  ])('with a broken %s is refused with the place', async (path, text, message) => {
    const [found] = findSets(folderOf({ ...everything, [path]: text }), [path.split('/')[0] ?? '']);
    await expect(found?.read()).rejects.toThrow(message);
  });
});

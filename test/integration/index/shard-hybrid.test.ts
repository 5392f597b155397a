// What a shard promises when words, vectors and conditions are asked for together.

import { expect, test } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import { analyzeQuery } from '../../../src/lexical/analyze-query.ts';
import type { Filter } from '../../../src/model/filter.ts';
import type { Constraint, ShardHit } from '../../../src/stages/index/index-messages.ts';
import { testTaskContext } from '../../support/actor-context.ts';
import { randomFrom, unitVector } from '../../support/random.ts';
import { type DocumentSpec, ShardDriver } from '../../support/shard-driver.ts';

const random = randomFrom(20_250_202);
const vector = () => unitVector(random, 8);

function document(id: string, text: string, more: Partial<DocumentSpec> = {}): DocumentSpec {
  return { id, vectors: [vector()], contentHash: `${id}-${random()}`, text, ...more };
}

const phrase = (text: string) => ({ text, terms: analyzeQuery(text).tokens.map(({ term }) => term) });

function constrained(part: Partial<Constraint>): Constraint {
  return { filter: null, phrases: [], excludedTerms: [], excludedPhrases: [], ...part };
}

const ids = (hits: readonly ShardHit[] | undefined) => (hits ?? []).map(({ id }) => id).sort();

const cosineOf = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

test('a hit of one list has the score of the other, and its best chunk', async () => {
  const driver = await ShardDriver.start({ exactMax: 10 });
  const query = vector();
  const away = query.map((value) => -value);
  const chunks = [away, vector(), vector()];
  await driver.commit([
    document('words', 'the printer\nburns', { vectors: chunks }),
    document('vector', 'nothing\nof it', { vectors: [query] }),
    ...Array.from({ length: 30 }, (_, i) => document(`other-${i}`, 'filler\ntext')),
  ]);
  await driver.work();
  const lexical = await driver.lexicalQuery('burning printers');
  const { hits } = await driver.ask({ vectors: query, limit: 1, rows: [{ lexical, pins: null }] });
  const byId = new Map(hits[0]?.map((hit) => [hit.id, hit]));
  expect([...byId.keys()].sort()).toEqual(['vector', 'words']);
  expect(byId.get('vector')).toMatchObject({
    isSemantic: true,
    isLexical: false,
    lexicalScore: 0,
    coverage: 0,
  });
  expect(byId.get('words')).toMatchObject({ isSemantic: false, isLexical: true, coverage: 1 });
  const cosines = chunks.map((chunk) => cosineOf(query, chunk));
  expect(byId.get('words')?.cosine).toBeCloseTo(Math.max(...cosines), 5);
  expect(byId.get('words')?.chunk).toBe(cosines.indexOf(Math.max(...cosines)));
});

test('words alone need no vector, and then no hit has a cosine', async () => {
  const driver = await ShardDriver.start();
  await driver.commit([document('a', 'disk\nfull'), document('b', 'paper\njam')]);
  const hits = await driver.searchWords('full disks');
  expect(hits).toMatchObject([{ id: 'a', cosine: null, isSemantic: false, isLexical: true }]);
});

test('a query without words has hits without lexical scores', async () => {
  const driver = await ShardDriver.start();
  await driver.commit([document('a', 'disk\nfull')]);
  expect(await driver.search(vector())).toMatchObject([{ id: 'a', lexicalScore: null, coverage: 0 }]);
});

test('queries that differ in number from their words or vectors are refused', async () => {
  const driver = await ShardDriver.start();
  const row = { lexical: null, pins: null };
  await expect(driver.ask({ queryCount: 2, rows: [row] })).rejects.toMatchObject({
    code: 'invalid_argument',
  });
  await expect(driver.ask({ vectors: new Float32Array(7) })).rejects.toMatchObject({
    code: 'dimension_mismatch',
  });
});

test('a document is pinned by its id, and by an identifier that few hold, whatever its scores', async () => {
  const driver = await ShardDriver.start();
  await driver.commit([
    document('CASE-7', 'one\nORA-00942 here'),
    ...Array.from({ length: 30 }, (_, i) => document(`doc-${i}`, `two\nERR_COMMON and ${i}`)),
  ]);
  const pinsOf = async (pins: { ids: string[]; identifiers: string[] }, more = {}) => {
    const { hits } = await driver.ask({ limit: 1, rows: [{ lexical: null, pins }], ...more });
    return (hits[0] ?? []).map(({ id, pinnedBy }) => [id, pinnedBy]);
  };
  expect(await pinsOf({ ids: ['CASE-7', 'none'], identifiers: [] })).toEqual([['CASE-7', 'id']]);
  expect(await pinsOf({ ids: [], identifiers: ['ora-00942'] })).toEqual([['CASE-7', 'identifier']]);
  expect(await pinsOf({ ids: ['CASE-7'], identifiers: ['ora-00942'] })).toEqual([['CASE-7', 'id']]);
  expect(await pinsOf({ ids: [], identifiers: ['err_common'] })).toEqual([]);
  const exclude = [{ collection: 'cases', id: 'CASE-7' }];
  expect(await pinsOf({ ids: ['CASE-7'], identifiers: ['ora-00942'] }, { exclude })).toEqual([]);
  const constraint = constrained({ phrases: [phrase('two')] });
  expect(await pinsOf({ ids: ['CASE-7', 'doc-3'], identifiers: [] }, { constraint })).toEqual([
    ['doc-3', 'id'],
  ]);
});

test('a phrase stands as it was written, letter case and blanks aside, at the borders of words', async () => {
  const driver = await ShardDriver.start();
  await driver.commit([
    document('yes', 'The Disk\n  is   FULL again'),
    document('apart', 'disk\nwas never full'),
    document('stemmed', 'disks\nare fuller'),
    document('within', 'adisk\nis fully'),
  ]);
  const passing = async (constraint: Constraint) =>
    ids((await driver.ask({ vectors: vector(), limit: 10, constraint })).hits[0]);
  expect(await passing(constrained({ phrases: [phrase('disk is full')] }))).toEqual(['yes']);
  expect(await passing(constrained({ excludedPhrases: [phrase('disk is full')] }))).toEqual([
    'apart',
    'stemmed',
    'within',
  ]);
  expect(await passing(constrained({ phrases: [phrase('is')] }))).toEqual(['within', 'yes']);
  expect(
    await passing(constrained({ excludedTerms: analyzeQuery('disk').tokens.map(({ term }) => term) })),
  ).toEqual(['within']);
  expect(await passing(constrained({ phrases: [phrase('no such thing')] }))).toEqual([]);
});

test('however few pass and however far they lie, all of them are found, and the plan is told', async () => {
  const driver = await ShardDriver.start({ exactMax: 20, scannedLabelsMax: 20 });
  const centre = vector();
  const near = (towards: Float32Array, amount: number) => {
    const noise = vector();
    const mixed = towards.map((value, i) => value + amount * (noise[i] as number));
    const norm = Math.hypot(...mixed);
    return mixed.map((value) => value / norm);
  };
  const opposite = centre.map((value) => -value);
  const specs = [
    ...Array.from({ length: 1_500 }, (_, i) => ({ i, own: near(centre, 0.3), side: 'near' })),
    ...Array.from({ length: 40 }, (_, i) => ({ i: i + 5_000, own: near(opposite, 0.3), side: 'far' })),
    ...Array.from({ length: 5 }, (_, i) => ({ i: i + 9_000, own: near(opposite, 0.3), side: 'few' })),
  ].map(({ i, own, side }) => document(`${i}`, 'a\nb', { vectors: [own], attributes: { side, i } }));
  await driver.commit(specs);
  await driver.work();
  const search = async (filter: Filter, limit: number) => {
    const constraint = constrained({ filter });
    const answer = await driver.ask({ vectors: centre, limit, constraint });
    const exact = await driver.ask({ vectors: centre, limit, constraint, isExact: true });
    expect(exact.filterPlan).toBe('scan');
    expect(answer.hits[0]?.length).toBe(exact.hits[0]?.length);
    const wanted = new Set(ids(exact.hits[0]));
    const recall = ids(answer.hits[0]).filter((id) => wanted.has(id)).length / Math.max(1, wanted.size);
    return { plan: answer.filterPlan, passing: answer.passing, recall };
  };
  const sideIs = (side: string): Filter => ({ type: 'in', field: 'side', values: [side] });
  expect(await search(sideIs('few'), 10)).toEqual({ plan: 'scan', passing: 5, recall: 1 });
  expect(await search(sideIs('none'), 10)).toEqual({ plan: 'scan', passing: 0, recall: 0 });
  expect(await search(sideIs('far'), 10)).toEqual({ plan: 'graph', passing: 40, recall: 1 });
  expect((await search(sideIs('far'), 200)).passing).toBe(40);
  const near50 = await search({ type: 'not', filter: sideIs('near') }, 50);
  expect([near50.passing, near50.recall]).toEqual([45, 1]);
  expect((await search(sideIs('near'), 10)).recall).toBeGreaterThanOrEqual(0.9);
});

test('where the graph does not give as many documents as may pass, all that may are compared', async () => {
  const driver = await ShardDriver.start({ exactMax: 10, scannedLabelsMax: 0 });
  // More than are read at once: whether the words stand side by side is found out as hits come up.
  await driver.commit([
    ...Array.from({ length: 300 }, (_, i) => document(`apart-${i}`, 'the disk\nis full')),
    ...Array.from({ length: 3 }, (_, i) => document(`beside-${i}`, 'a full disk\nagain')),
  ]);
  await driver.work();
  const constraint = constrained({ phrases: [phrase('full disk')] });
  const { hits, filterPlan } = await driver.ask({ vectors: vector(), constraint });
  expect([ids(hits[0]), filterPlan]).toEqual([['beside-0', 'beside-1', 'beside-2'], 'fallback']);
  const two = await driver.ask({ vectors: vector(), limit: 2, constraint });
  expect([two.hits[0]?.length, two.filterPlan]).toEqual([2, 'graph']);
});

const apart = (count: number) =>
  Array.from({ length: count }, (_, i) => document(`apart-${i}`, 'the disk\nis full'));

test('a phrase that too many documents would have to be read for is refused, by its name', async () => {
  const driver = await ShardDriver.start({
    exactMax: 10,
    textBounds: { documentsMax: 200, unitsMax: 1_000_000 },
  });
  await driver.commit(apart(300));
  await driver.work();
  const refused = {
    code: 'invalid_argument',
    violations: [{ field: 'text', description: expect.stringContaining('"full disk" is in too many') }],
  };
  const rows = [{ lexical: await driver.lexicalQuery('disk'), pins: null }];
  const beside = constrained({ phrases: [phrase('full disk')] });
  await expect(driver.ask({ vectors: vector(), constraint: beside })).rejects.toMatchObject(refused);
  await expect(driver.ask({ rows, constraint: beside })).rejects.toMatchObject(refused);
  // Documents that must not hold it are read as hits come up.
  const excluded = constrained({ excludedPhrases: [phrase('full disk')] });
  expect((await driver.ask({ rows, constraint: excluded })).hits[0]?.length).toBe(10);
  // Of stop words alone: no postings narrow it down.
  const stopWords = constrained({ phrases: [phrase('is the')] });
  const byVector = driver.ask({ vectors: vector(), constraint: stopWords });
  await expect(byVector).rejects.toMatchObject({ code: 'invalid_argument' });
  const filter = { type: 'in', field: 'no', values: [1] } as const;
  expect((await driver.ask({ vectors: vector(), constraint: { ...stopWords, filter } })).hits).toEqual([[]]);
});

test('long documents are refused sooner, by the length of their texts', async () => {
  const driver = await ShardDriver.start({ textBounds: { documentsMax: 1_000, unitsMax: 50_000 } });
  const filler = 'lorem ipsum '.repeat(100);
  const long = Array.from({ length: 60 }, (_, i) => document(`${i}`, `disk\n${filler} full`));
  await driver.commit(long);
  const constraint = constrained({ phrases: [phrase('full disk')] });
  await expect(driver.ask({ vectors: vector(), constraint })).rejects.toMatchObject({
    code: 'invalid_argument',
    facts: { unitsMax: 50_000 },
  });
});

test('a search gives way at each document that it reads for a phrase, and ends when it is not wanted any more', async () => {
  const driver = await ShardDriver.start();
  await driver.commit(apart(100));
  const constraint = constrained({ phrases: [phrase('full disk')] });
  let looks = 0;
  await driver.ask({ vectors: vector(), constraint }, { giveWay: () => looks++ });
  expect(looks).toBeGreaterThanOrEqual(100);
  let looksLeft = 50;
  const giveWay = () => {
    if (looksLeft-- === 0) throw new KmsError('deadline_exceeded', 'too late');
  };
  await expect(driver.ask({ vectors: vector(), constraint }, { giveWay })).rejects.toMatchObject({
    code: 'deadline_exceeded',
  });
  // Nothing was read after it: whatever is read is preceded by a look.
  expect(looksLeft).toBe(-1);
});

test('where a graph would have too many documents read in one go, those that may pass are compared instead', async () => {
  const driver = await ShardDriver.start({ exactMax: 10, scannedLabelsMax: 0 });
  await driver.commit([...apart(1_500), document('beside', 'a full disk\nagain')]);
  await driver.work();
  const constraint = constrained({ phrases: [phrase('full disk')] });
  let looks = 0;
  const answer = await driver.ask({ vectors: vector(), limit: 1, constraint }, { giveWay: () => looks++ });
  expect([ids(answer.hits[0]), answer.filterPlan]).toEqual([['beside'], 'fallback']);
  // 1,024 were read within the graph.
  expect(looks).toBeGreaterThanOrEqual(1_501 - 1_024);
});

test('hits by words alone that had to pass something tell so, and others do not', async () => {
  const driver = await ShardDriver.start();
  await driver.commit(apart(3));
  const rows = [{ lexical: await driver.lexicalQuery('disk'), pins: null }];
  const constraint = constrained({ filter: { type: 'exists', field: 'hash' } });
  expect((await driver.ask({ rows, constraint })).filterPlan).toBe('scan');
  expect((await driver.ask({ rows })).filterPlan).toBe('none');
});

test('facets count the documents that pass, once each, over all collections', async () => {
  const driver = await ShardDriver.start();
  const two = [vector(), vector()];
  await driver.commit([
    document('a', 'x\ny', { attributes: { team: 'net', open: true }, vectors: two }),
    document('b', 'x\ny', { attributes: { team: 'net', open: false } }),
    document('c', 'x\ny', { attributes: { team: 'disk', open: true }, collection: 'articles' }),
  ]);
  const facets = [{ field: 'team', limit: 10 }];
  const all = await driver.ask({ vectors: vector(), limit: 1, facets });
  expect(all.facets).toEqual([
    {
      field: 'team',
      valueCount: 2,
      values: [
        { value: 'net', documents: 2 },
        { value: 'disk', documents: 1 },
      ],
    },
  ]);
  const filter = { type: 'in', field: 'open', values: [true] } as const;
  const some = await driver.ask({ vectors: vector(), limit: 1, facets, constraint: constrained({ filter }) });
  expect(some.facets[0]?.values).toEqual([
    { value: 'disk', documents: 1 },
    { value: 'net', documents: 1 },
  ]);
});

test('a shard tells how frequent terms are, what may have been meant, and which fields exist', async () => {
  const driver = await ShardDriver.start();
  await driver.commit([
    document('a', 'printer\njam', { attributes: { team: 'x' } }),
    document('b', 'printer\nfire', { collection: 'articles' }),
  ]);
  const ask = (question: { collections: string[]; terms: string[]; misspelt: string[]; fields: string[] }) =>
    driver.actor.tasks.describeTerms(question, testTaskContext());
  const { term = '' } = analyzeQuery('printer').tokens[0] ?? {};
  const answer = await ask({
    collections: [],
    terms: [term, 'unknown'],
    misspelt: ['prinetr', term],
    fields: ['team', 'no'],
  });
  expect(answer.statistics).toMatchObject({ documents: 2, documentFrequencies: [2, 0] });
  expect(answer.suggestions[1]).toEqual([]);
  expect(answer.fieldsExist).toEqual([true, false]);
  const nowhere = await ask({ collections: ['none'], terms: [term], misspelt: ['x'], fields: ['team'] });
  expect(nowhere).toEqual({
    statistics: { documents: 0, titleTokens: 0, bodyTokens: 0, documentFrequencies: [0] },
    suggestions: [[]],
    fieldsExist: [false],
  });
});

test('a rare term is as frequent as the documents that hold it now, however often they were updated', async () => {
  const driver = await ShardDriver.start();
  for (let version = 0; version < 5; version++)
    await driver.commit([document('a', `ORA-00942\nversion ${version}`)]);
  await driver.commit([document('b', 'ORA-00942\nonce')]);
  await driver.commit([document('b', 'gone\nfrom here')]);
  const question = { collections: [], terms: ['ora-00942', 'once'], misspelt: ['once'], fields: [] };
  const answer = await driver.actor.tasks.describeTerms(question, testTaskContext());
  expect(answer.statistics.documentFrequencies).toEqual([1, 0]);
});

test('a shown document has its matched terms, and the passage that holds most of them with each marked', async () => {
  const driver = await ShardDriver.start();
  const filler = 'Lorem ipsum dolor sit amet consetetur sadipscing elitr. '.repeat(20);
  const text = `A title\n${filler}The printers jammed with ERR_PAPER_7 today. ${filler}`;
  await driver.commit([document('a', text)]);
  const terms = analyzeQuery('printer jams ERR_PAPER_7 unknown').tokens.map(({ term }) => term);
  const { documents } = await driver.actor.tasks.fetch(
    {
      keys: [
        { collection: 'cases', id: 'a' },
        { collection: 'cases', id: 'b' },
      ],
      withVectors: false,
      omitBody: true,
      terms,
    },
    testTaskContext(),
  );
  const [shown, missing] = documents;
  expect(missing).toBeNull();
  expect(shown?.snippet).toContain('The printers jammed with ERR_PAPER_7 today.');
  expect(shown?.highlights.map(({ start, end }) => shown.snippet.slice(start, end))).toEqual([
    'printers',
    'jammed',
    'ERR_PAPER_7',
  ]);
  expect(shown?.matchedTerms).not.toContain('unknown');
  expect(shown?.matchedTerms).toEqual(
    expect.arrayContaining(analyzeQuery('printer').tokens.map(({ term }) => term)),
  );
});

test('fetching gives way at each document, and looks for terms to mark in so much text and no more', async () => {
  const driver = await ShardDriver.start();
  const text = `title\n${'lorem ipsum dolor '.repeat(1_750)} printer`;
  const specs = Array.from({ length: 80 }, (_, i) => document(`${i}`, i === 79 ? 'a\nprinter' : text));
  await driver.commit(specs);
  let looks = 0;
  const { documents } = await driver.actor.tasks.fetch(
    {
      keys: specs.map(({ id }) => ({ collection: 'cases', id })),
      withVectors: false,
      omitBody: true,
      terms: analyzeQuery('printer').tokens.map(({ term }) => term),
    },
    testTaskContext({ lane: 'urgent', giveWay: () => looks++ }),
  );
  expect(looks).toBeGreaterThanOrEqual(specs.length);
  expect(documents.map((shown) => shown?.document.id)).toEqual(specs.map(({ id }) => id));
  const marked = documents.map((shown) => (shown?.highlights.length ?? 0) > 0);
  // 2 Mi units, of 31,513 each; whatever comes behind has its beginning looked at.
  expect(marked.slice(0, 60)).not.toContain(false);
  expect(marked.slice(70, 79)).not.toContain(true);
  expect(marked[79]).toBe(true);
  expect(documents.every((shown) => shown?.matchedTerms.length === 1)).toBe(true);
});

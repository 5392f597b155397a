import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../support/cli-run.ts';
import { type GrpcHarness, startGrpcHarness } from '../../support/grpc-harness.ts';

let harness: GrpcHarness;

beforeEach(async () => {
  harness = await startGrpcHarness();
  const documents = [
    {
      id: 'a',
      title: 'Login',
      body: 'It\u001b[2J loops',
      attributes: { product: { stringValue: 'portal' } },
    },
    { id: 'b', title: 'Printer', body: 'Blank pages', updateTime: { seconds: 1_700_000_000, nanos: 5e8 } },
    { id: 'c', collection: 'articles', title: 'Guide', body: 'How to print' },
  ];
  await harness.client.batchUpsertDocuments({ documents });
});

afterEach(() => harness.stop());

async function run(...args: string[]) {
  return cli([...args, '--address', harness.address]);
}

describe('kms search', () => {
  it('prints hits for people, without anything that steers the terminal', async () => {
    const { exitCode, stdout, stderr } = await run('search', 'login', 'loops', '--limit', '2');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('2 hits in');
    expect(stdout).toMatch(/score.*document.*passage/);
    expect(stdout).not.toContain('\u001b');
  });

  it('prints one JSON object with stable names for scripts', async () => {
    const { stdout } = await run('search', 'login', '--json', '-c', 'cases', '--exact');
    const answer = JSON.parse(stdout);
    expect(Object.keys(answer)).toEqual([
      'hits',
      'timings',
      'search_id',
      'facets',
      'filter_plan',
      'rerank',
      'corrected_text',
    ]);
    expect(Object.keys(answer.hits[0])).toEqual([
      'score',
      'confidence',
      'cosine',
      'lexical_score',
      'pinned',
      'matched_terms',
      'snippet',
      'highlights',
      'duplicates',
      'generation',
      'document',
    ]);
    expect(answer.hits.map((hit: { document: { collection: string } }) => hit.document.collection)).toEqual([
      'cases',
      'cases',
    ]);
    expect(answer).toMatchObject({ search_id: 'search-1', filter_plan: 'none', rerank: 'none' });
    expect(answer.timings).toEqual({
      embed_ms: 1,
      search_ms: 2,
      rank_ms: 0.25,
      rerank_ms: 0,
      fetch_ms: 0.5,
      total_ms: 3,
    });
  });

  it('sends every option as it was given', async () => {
    const { exitCode, stderr } = await run(
      'search',
      'vpn',
      'drops',
      ...['--mode', 'lexical', '--fusion', 'convex:0.25', '--operators', '--no-spelling', '--no-synonyms'],
      ...['--filter', 'product = "portal" and priority >= 3', '--facet', 'product', '--facet', 'status'],
      ...['--limit', '5', '--offset', '20', '--diverse', '0.3', '--collapse', '0.9', '--recent', '36h'],
      ...[
        '--boost',
        'resolved = true * 1.5',
        '--boost',
        "status = 'a*b' * 0.5",
        '--rerank',
        '1500',
        '--explain',
      ],
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    const equals = (field: string, value: string | boolean) => ({ type: 'in', field, values: [value] });
    expect(harness.engine.queries.at(-1)).toMatchObject({
      target: { type: 'text', text: 'vpn drops' },
      mode: 'lexical',
      fusion: { type: 'convex', semanticWeight: 0.25 },
      syntax: 'operators',
      withSpelling: false,
      withSynonyms: false,
      filter: {
        type: 'and',
        filters: [
          equals('product', 'portal'),
          { type: 'range', field: 'priority', lower: { value: 3, isInclusive: true }, upper: null },
        ],
      },
      facets: [
        { field: 'product', limit: 10 },
        { field: 'status', limit: 10 },
      ],
      limit: 5,
      offset: 20,
      diversity: { lambda: 0.3 },
      collapse: { similarityMin: 0.9 },
      recency: { halfLifeMs: 36 * 3_600_000, weight: 0.2 },
      boosts: [
        { filter: equals('resolved', true), factor: 1.5 },
        { filter: equals('status', 'a*b'), factor: 0.5 },
      ],
      rerank: { budgetMs: 1_500 },
      withExplanation: true,
    });
  });

  it('options without their values are the engine\u2019s defaults', async () => {
    await run(
      'search',
      'vpn',
      '--diverse',
      '--collapse',
      '--recent',
      '--rerank',
      '--fusion',
      'rrf:20',
      '--plain',
    );
    expect(harness.engine.queries.at(-1)).toMatchObject({
      mode: 'hybrid',
      fusion: { type: 'rrf', k: 20 },
      syntax: 'plain',
      withSpelling: true,
      withSynonyms: true,
      diversity: { lambda: 0.5 },
      collapse: { similarityMin: 0.95 },
      recency: { halfLifeMs: 30 * 86_400_000 },
      rerank: { budgetMs: 1_000 },
    });
  });

  it('a filter that cannot be read is wrong usage, with a caret below the place', async () => {
    const { exitCode, stderr } = await run('search', 'vpn', '--filter', 'status = and');
    expect(exitCode).toBe(2);
    const lines = stderr.split('\n');
    const shown = lines.indexOf('  status = and');
    expect(shown).toBeGreaterThan(-1);
    expect(lines[shown + 1]).toBe(`  ${' '.repeat('status = '.length)}^`);
    expect(harness.engine.queries).toEqual([]);
  });

  it.each([
    ['--mode', 'telepathy'],
    ['--fusion', 'convex'],
    ['--fusion', 'rrf:0'],
    ['--fusion', 'adaptive:1'],
    ['--offset', '-1'],
    ['--diverse', '2'],
    ['--collapse', '0.2'],
    ['--recent', '30'],
    ['--recent', '0d'],
    ['--boost', 'resolved = true'],
    ['--boost', 'resolved = true * 100'],
    ['--rerank', '0'],
    ['--plain', '--operators'],
  ])('%s %s is wrong usage', async (...flags) => {
    const { exitCode, stderr } = await run('search', 'vpn', ...flags);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^kms: /);
    expect(harness.engine.queries).toEqual([]);
  });

  it('shows corrections, facets, pins and the name of the search', async () => {
    const { stdout } = await run('search', 'pritner', 'b', '--facet', 'product', '--facet', 'nothing');
    expect(stdout).toContain('showing results for "printer b"');
    expect(stdout).toContain('product: portal 1\n');
    expect(stdout).toContain('nothing: no document has it\n');
    expect(stdout).toMatch(/pinned/);
    expect(stdout).toMatch(/3 hits in 3\.0 ms \(query embedded in 1\.0 ms\); search search-1\n$/);
  });

  it('words that were found are bold on a terminal, unless it is to be plain', async () => {
    const search = ['search', 'loops', '--address', harness.address];
    const bold = '\u001b[1mloops\u001b[22m';
    const styled = await cli(search, { terminalColumns: 100 });
    expect(styled.stdout).toContain(bold);
    // Nothing but the two marks of our own: the body of the document tries to clear the screen.
    expect(styled.stdout.replaceAll('\u001b[1m', '').replaceAll('\u001b[22m', '')).not.toContain('\u001b');
    const plain = await cli(search, { terminalColumns: 100, env: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b');
    expect((await cli(search, { terminalColumns: 100, env: { NO_COLOR: '' } })).stdout).toContain(bold);
  });

  it('an explanation says how the text was read, what each list gave, and where the time went', async () => {
    const { stdout } = await run('search', 'loops', '--explain', '--filter', 'exists(product)');
    expect(stdout).toContain('embedded: "loops"');
    expect(stdout).toContain('words: loops (1)');
    expect(stdout).toContain('filter: exists(product)');
    expect(stdout).toContain('lists: 1 by vector, 1 by words');
    expect(stdout).toContain('weight of the cosine: 0.70');
    expect(stdout).toContain('filter plan: scan, about 1 documents pass');
    expect(stdout).toContain('time: embed 1.0, search 2.0, rank 0.3, rerank 0.0, fetch 0.5, total 3.0 ms');
    expect(stdout).toContain('vector 1, fused 1; cosine');
    const { explanation, hits } = JSON.parse(
      (await run('search', 'loops', '--explain', '--filter', 'exists(product)', '--json')).stdout,
    );
    expect(explanation.understanding).toMatchObject({
      filter: 'exists(product)',
      terms: [{ term: 'loops', document_frequency: 1 }],
    });
    expect(hits[0].explanation).toMatchObject({ semantic_rank: 1, lexical_rank: 0, fused_rank: 1 });
  });

  it('an unknown collection is a failure of one line', async () => {
    const { exitCode, stderr } = await run('search', 'x', '--collection', 'nowhere');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^kms: .*collection.*\n$/);
  });

  it('wrong fields are named', async () => {
    const { exitCode, stderr } = await run('search', ' ');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^kms: .*\n {2}text: .+\n$/);
  });
});

describe('kms similar, get, delete, status', () => {
  it('similar leaves out nothing that the engine gives', async () => {
    const { exitCode, stdout } = await run('similar', 'a', '--json', '-c', 'cases', '-c', 'articles');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).hits.length).toBeGreaterThan(0);
  });

  it('similar takes examples, with a document or without, and the options of a search', async () => {
    expect(
      (await run('similar', 'a', '--like', 'b', '--unlike', 'a', '--filter', 'exists(product)')).exitCode,
    ).toBe(0);
    const key = (id: string) => ({ type: 'document', key: { collection: 'cases', id } });
    expect(harness.engine.queries.at(-1)).toMatchObject({
      target: { type: 'examples', positive: [key('a'), key('b')], negative: [key('a')] },
      filter: { type: 'exists', field: 'product' },
    });
    expect((await run('similar', '--like', 'c', '--from', 'articles')).exitCode).toBe(0);
    expect(harness.engine.queries.at(-1)?.target).toMatchObject({
      positive: [{ key: { collection: 'articles', id: 'c' } }],
    });
  });

  it('several filters must all hold', async () => {
    await run('similar', 'a', '--filter', 'exists(x)', '--filter', 'exists(y)');
    const exists = (field: string) => ({ type: 'exists', field });
    expect(harness.engine.queries.at(-1)?.filter).toEqual({
      type: 'and',
      filters: [exists('x'), exists('y')],
    });
  });

  it('similar to nothing is refused without asking the engine', async () => {
    const { exitCode, stderr } = await run('similar', '--unlike', 'a');
    expect([exitCode, stderr]).toEqual([1, 'kms: similar to what? Give an id, or --like\n']);
    expect(harness.engine.queries).toEqual([]);
  });

  it('list prints documents in order of id, those that pass the filter', async () => {
    const people = await run('list');
    expect(people.stdout.indexOf('Login')).toBeLessThan(people.stdout.indexOf('Printer'));
    expect(people.stdout).not.toContain('Guide');
    const { stdout, stderr } = await run('list', 'cases', '--filter', 'product = portal', '--json');
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ id, body }) => [id, body])).toEqual([['a', 'It\u001b[2J loops']]);
    expect(stderr).toBe('');
    expect((await run('list', 'cases', '--filter', 'exists(nothing)')).stdout).toBe('no documents\n');
  });

  it('list goes over the pages up to its limit, and says when there may be more', async () => {
    const documents = Array.from({ length: 250 }, (_, index) => ({
      id: `n${String(index).padStart(3, '0')}`,
      collection: 'many',
      title: 't',
    }));
    await harness.client.batchUpsertDocuments({ documents });
    const all = await run('list', 'many', '--limit', '0', '--json');
    expect(all.stdout.trim().split('\n')).toHaveLength(250);
    const some = await run('list', 'many', '--limit', '120', '--json');
    expect(some.stdout.trim().split('\n')).toHaveLength(120);
    expect(some.stderr).toContain('there may be more');
  });

  it('get prints a document for people and for scripts', async () => {
    const people = await run('get', 'a');
    expect(people.stdout).toContain('attributes.product: portal');
    expect(people.stdout).toContain('\n\nIt [2J loops\n');
    const scripts = JSON.parse((await run('get', 'b', '--json', '--vectors')).stdout);
    expect(scripts).toMatchObject({
      id: 'b',
      body: 'Blank pages',
      update_time: '2023-11-14T22:13:20.500Z',
      chunk_count: 1,
    });
    expect(Buffer.from(scripts.embedding, 'base64')).toHaveLength(16);
  });

  it('a document that does not exist is exit code 1', async () => {
    const { exitCode, stderr } = await run('get', 'zzz');
    expect([exitCode, stderr.split('\n').length]).toEqual([1, 2]);
  });

  it('delete goes on behind a missing document and says which it was', async () => {
    const { exitCode, stdout } = await run('delete', 'zzz', 'a', '--json');
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(exitCode).toBe(1);
    expect(rows).toEqual([
      { id: 'zzz', collection: 'cases', deleted: false, commit_sequence: 0 },
      { id: 'a', collection: 'cases', deleted: true, commit_sequence: 4 },
    ]);
    expect((await run('delete', 'zzz', '--allow-missing')).exitCode).toBe(0);
  });

  it('status answers for people and for scripts', async () => {
    expect((await run('status')).stdout).toContain('index-00');
    const status = JSON.parse((await run('status', '--json')).stdout);
    expect(status).toMatchObject({
      version: '0.0.0-model',
      state: 'ready',
      uptime_seconds: 1.5,
      vector_space: { dimensions: 4 },
      actors: [{ name: 'index-00', state: 'running', heap_bytes: 5_000_000_000, mailbox_depth: 2 }],
    });
  });
});

describe('an engine that is not there', () => {
  it('is one line that says what to check', async () => {
    await harness.server.stop();
    const { exitCode, stderr } = await run('status', '--timeout', '5');
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `kms: cannot reach the engine at ${harness.address}; is it running ("kms serve"), and is --address or KMS_GRPC_ADDRESS right?\n`,
    );
  });

  it('an engine that does not answer in time is another line', async () => {
    harness.engine.hold = () => new Promise(() => undefined);
    const { exitCode, stderr } = await run('search', 'x', '--timeout', '0.05');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^kms: .*(did not answer within 0.05 s|deadline).*\n$/);
  });
});

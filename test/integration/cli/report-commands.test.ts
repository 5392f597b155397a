// `kms feedback`, `kms report` and `kms judgements` against a real server over a real log.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cli } from '../../support/cli-run.ts';
import { type GrpcHarness, startGrpcHarness } from '../../support/grpc-harness.ts';
import { answerWith, rememberIn, textQuery } from '../../support/search-analytics.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let harness: GrpcHarness;
beforeEach(async () => {
  harness = await startGrpcHarness();
});
afterEach(() => harness.stop());

const a = { collection: 'cases', id: 'a' };

const kms = (...args: string[]) => cli([...args, '--address', harness.address]);

describe('kms report', () => {
  test('shows counts, the slowest and what found nothing', async () => {
    const analytics = await rememberIn(harness);
    analytics.observe(textQuery('printer on fire'), answerWith([], { totalMs: 250 }));
    const { exitCode, stdout } = await kms('report', '--window', '7d');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('searches: 1, 1 hybrid');
    expect(stdout).toContain('found nothing: 1 (100.0 %)');
    expect(stdout).toMatch(/printer on fire.*found nothing.*printer on fire/s);
  });

  test('shows hashes where texts are not kept', async () => {
    const analytics = await rememberIn(harness, { keepsTexts: false });
    analytics.observe(textQuery('printer on fire'), answerWith([]));
    const { stdout } = await kms('report', '--json');
    const [query] = JSON.parse(stdout).zero_result_queries;
    expect(query).toMatchObject({
      text: '',
      searches: 1,
      text_hash: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect((await kms('report')).stdout).toContain(query.text_hash);
  });

  test('a window that is none is wrong usage', async () => {
    const { exitCode, stderr } = await kms('report', '--window', '7 days');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('must be a time such as 30s, 5m, 24h or 7d');
  });
});

describe('kms feedback and kms judgements', () => {
  test('what was said of hits becomes a set that can be evaluated', async () => {
    const analytics = await rememberIn(harness);
    await harness.client.upsertDocument({ document: { id: 'a', title: 'Fire', body: 'Unplug it' } });
    const searchId = analytics.observe(textQuery('printer on fire'), answerWith([a, { ...a, id: 'gone' }]));
    expect((await kms('feedback', searchId, 'a', '--solved')).exitCode).toBe(0);
    expect((await kms('feedback', searchId, 'gone', '--not-relevant')).exitCode).toBe(0);
    const folder = join(temporaryFolder(), 'mine');
    const { exitCode, stdout } = await kms('judgements', folder);
    expect(exitCode).toBe(0);
    expect(stdout).toBe('1 queries, 2 judgements, 1 documents\n');
    const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim().split('\n');
    const query = JSON.parse(read('queries.jsonl')[0] ?? '');
    expect(query.text).toBe('printer on fire');
    expect(read('qrels/test.tsv')).toEqual([
      'query-id\tcorpus-id\tscore',
      `${query._id}\tcases/a\t2`,
      `${query._id}\tcases/gone\t0`,
    ]);
    expect(read('corpus.jsonl').map((line) => JSON.parse(line))).toEqual([
      { _id: 'cases/a', title: 'Fire', text: 'Unplug it', metadata: {} },
    ]);
    expect((await kms('judgements', folder)).exitCode).toBe(2);
  });

  test('without feedback nothing is written', async () => {
    await rememberIn(harness);
    const folder = join(temporaryFolder(), 'none');
    const { exitCode, stderr } = await kms('judgements', folder);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no feedback yet');
  });

  test('feedback on a search that is not remembered fails with a reason', async () => {
    await rememberIn(harness);
    const { exitCode, stderr } = await kms('feedback', 'nope', 'a');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the search is not remembered');
  });
});

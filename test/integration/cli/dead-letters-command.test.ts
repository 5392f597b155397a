// `kms dead-letters` against a real server.

import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../support/cli-run.ts';
import { type GrpcHarness, startGrpcHarness } from '../../support/grpc-harness.ts';
import { modelLetter } from '../../support/grpc-jobs-model.ts';

let harness: GrpcHarness;
beforeEach(async () => {
  harness = await startGrpcHarness();
  const { document } = modelLetter();
  if (document === null) throw new Error('the model letter has a document');
  harness.engine.deadLetters.letters = [
    modelLetter({ document: { ...document, body: 'It\u001b[2J loops' } }),
    modelLetter({
      id: 'letter-2',
      documentId: '',
      source: 'tickets',
      stage: 'read',
      fault: {
        code: 'invalid_argument',
        message: 'the row has no body',
        violations: [{ field: 'body', description: 'is null' }],
        facts: {},
      },
      document: null,
      raw: '{"id":7}',
    }),
  ];
});
afterEach(() => harness.stop());

const run = (...args: string[]) => cli(['dead-letters', ...args, '--address', harness.address]);
/** At a terminal where somebody types `line`. */
const typed = (line: string, ...args: string[]) =>
  cli(['dead-letters', ...args, '--address', harness.address], {
    stdin: Object.assign(Readable.from([`${line}\n`]), { isTTY: true }),
  });
const letters = () => harness.engine.deadLetters;

describe('list and show', () => {
  it('lists the oldest first, for people and for scripts', async () => {
    for (const args of [[], ['list']]) {
      const { exitCode, stdout } = await run(...args);
      expect(exitCode).toBe(0);
      expect(stdout.indexOf('letter-1')).toBeLessThan(stdout.indexOf('letter-2'));
      expect(stdout).toContain('cases/c-1');
      expect(stdout).toContain('cases/?');
      expect(stdout).toContain('the row has no body');
    }
    const { dead_letters } = JSON.parse((await run('--json')).stdout);
    expect(dead_letters[0]).toEqual({
      id: 'letter-1',
      collection: 'cases',
      document_id: 'c-1',
      source: 'cases',
      job_id: 'job-1',
      stage: 'embed',
      error: {
        reason: 'POISONED',
        message: 'makes its thread fail',
        field_violations: [],
        metadata: {},
        retryable: false,
      },
      attempts: 3,
      create_time: '2023-11-14T22:13:20.000Z',
      last_try_time: '2023-11-14T22:13:25.000Z',
      has_document: true,
    });
  });

  it('filters, and says when there are more', async () => {
    const idsOf = async (...args: string[]) =>
      JSON.parse((await run(...args, '--json')).stdout).dead_letters.map(({ id }: { id: string }) => id);
    expect(await idsOf('--code', 'poisoned')).toEqual(['letter-1']);
    expect(await idsOf('--stage', 'read', '--source', 'tickets')).toEqual(['letter-2']);
    expect(await idsOf('--id', 'letter-1', '--id', 'letter-2')).toEqual(['letter-1', 'letter-2']);
    expect((await run('--collection', 'kb')).stdout).toBe('no dead letters\n');
    expect((await run('--limit', '1')).stderr).toContain('there are more');
  });

  it('shows one with its reason and payload, without anything that steers the terminal', async () => {
    const { stdout } = await run('show', 'letter-1');
    expect(stdout).toContain('reason: POISONED: makes its thread fail\n');
    expect(stdout).toContain('\n\nLogin\n\nIt [2J loops\n');
    const row = await run('show', 'letter-2');
    expect(row.stdout).toContain('  body: is null\n');
    expect(row.stdout).toContain('retry: not possible');
    expect(row.stdout).toContain('\n\n{"id":7}\n');
    expect(JSON.parse((await run('show', 'letter-1', '--json')).stdout).document).toEqual({
      id: 'c-1',
      collection: 'cases',
      title: 'Login',
      body: 'It\u001b[2J loops',
      media_type: 'text/plain',
      attributes: { product: 'portal' },
      update_time: null,
    });
    expect(await run('show', 'letter-9')).toMatchObject({
      exitCode: 1,
      stderr: 'kms: there is no dead letter letter-9\n',
    });
  });
});

describe('retry', () => {
  it('sends all of them, a page at a time, and says with its exit code that some failed again', async () => {
    letters().letters = Array.from({ length: 120 }, (_, index) =>
      modelLetter({ id: `letter-${1000 + index}` }),
    );
    letters().isCured = ({ id }) => id !== 'letter-1007';
    const { exitCode, stdout } = await run('retry', '--all');
    expect([exitCode, stdout]).toEqual([3, '120 retried: 119 indexed, 1 failed again\n']);
    expect(letters().asked.map(({ ids }) => ids.length)).toEqual([50, 50, 20]);
    letters().isCured = () => true;
    expect(await run('retry', '--id', 'letter-1007', '--json')).toMatchObject({
      exitCode: 0,
      stdout: '{"retried":1,"indexed":1,"failed":0}\n',
    });
  });

  it('without a filter or all does nothing', async () => {
    for (const args of [['retry'], ['purge', '--yes'], ['retry', '--all', '--stage', 'read']]) {
      const { exitCode, stderr } = await run(...args);
      expect([args, exitCode]).toEqual([args, 2]);
      expect(stderr).toContain('--all');
    }
    expect(letters().asked).toEqual([]);
  });
});

describe('purge', () => {
  it('removes what the filter matches, or all', async () => {
    expect(await run('purge', '--stage', 'read', '--yes')).toMatchObject({
      exitCode: 0,
      stdout: '1 removed\n',
    });
    expect(letters().letters.map(({ id }) => id)).toEqual(['letter-1']);
    expect((await run('purge', '--all', '-y', '--json')).stdout).toBe('{"purged":1}\n');
    expect(letters().letters).toEqual([]);
  });

  it('asks on a terminal, and only a clear yes removes', async () => {
    for (const answer of ['', 'no', 'maybe yes']) {
      const { exitCode, stderr } = await typed(answer, 'purge', '--all');
      expect([answer, exitCode]).toEqual([answer, 1]);
      expect(stderr).toContain('[y/N]');
    }
    expect(letters().letters).toHaveLength(2);
    expect(await typed('Y', 'purge', '--all')).toMatchObject({ exitCode: 0, stdout: '2 removed\n' });
  });

  it('away from a terminal needs to be told yes', async () => {
    const { exitCode, stderr } = await run('purge', '--all');
    expect([exitCode, stderr]).toEqual([2, 'kms: nobody is there to ask: add --yes to remove them\n']);
    expect(letters().letters).toHaveLength(2);
  });
});

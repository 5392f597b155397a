import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { noGrpcMetrics } from '../../../src/grpc/grpc-metrics.ts';
import { createGrpcServer } from '../../../src/grpc/server.ts';
import { cli, startCli } from '../../support/cli-run.ts';
import { type GrpcHarness, gate, startGrpcHarness } from '../../support/grpc-harness.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let harness: GrpcHarness;

beforeEach(async () => {
  harness = await startGrpcHarness();
});

afterEach(() => harness.stop());

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function cases(count: number, bodyBytes = 10): string {
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ id: `case-${index}`, title: 'Case', body: `${index} ${'x'.repeat(bodyBytes)}` }),
  );
  return `${lines.join('\n')}\n`;
}

function ingestedIds(): string[] {
  return harness.engine.ingested.flatMap((documents) => documents.map(({ id }) => id));
}

describe('kms ingest', () => {
  it('every document arrives once, the checkpoint is gone and the summary tells the counts', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    writeFileSync(path, cases(1_000));
    const first = await cli(['ingest', path, '--address', harness.address, '--json']);
    expect(first.exitCode).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      complete: true,
      documents: 1_000,
      indexed: 1_000,
      unchanged: 0,
      rejected: 0,
      rejected_file: null,
      commit_sequence: 1_000,
    });
    expect(ingestedIds()).toEqual(Array.from({ length: 1_000 }, (_, index) => `case-${index}`));
    expect(existsSync(`${path}.kms-checkpoint.json`)).toBe(false);
    expect(existsSync(`${path}.rejected.jsonl`)).toBe(false);
    const again = await cli(['ingest', path, '--address', harness.address]);
    expect(again.stdout).toMatch(/^1000 documents in .*: 0 indexed, 1000 unchanged, 0 rejected\n$/);
  });

  it('what is rejected by reader or engine is reported with place, id and reason, the rest is indexed', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    const lines = [
      '{"id":"good","body":"x"}',
      '{"id":"cut"',
      '{"id":"odd","body":"x","media_type":"image/png"}',
      JSON.stringify({ id: 'huge', body: 'x'.repeat(16.3 * 2 ** 20) }),
      '{"id":"last","body":"x"}',
    ];
    writeFileSync(path, lines.join('\n'));
    const { exitCode, stdout } = await cli(['ingest', path, '--address', harness.address]);
    expect(exitCode).toBe(3);
    expect(stdout).toContain(`${path}.rejected.jsonl`);
    expect(ingestedIds()).toEqual(['good', 'last']);
    const rows = readFileSync(`${path}.rejected.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const byPlace = [...rows].sort((a, b) => (a.place < b.place ? -1 : 1));
    expect(byPlace.map(({ place, id, field, code }) => ({ place, id, field, code }))).toEqual([
      { place: 'line 2', id: null, field: '', code: 'MALFORMED' },
      { place: 'line 3', id: 'odd', field: 'media_type', code: 'INVALID_ARGUMENT' },
      { place: 'line 4', id: null, field: '', code: 'MALFORMED' },
    ]);
    expect(byPlace.every(({ reason }) => reason.length > 5)).toBe(true);
  });

  it('standard input, CSV and folders are read, into the collection that was asked for', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'cases.csv');
    writeFileSync(path, 'id,body,collection\na,x,\nb,y,own');
    mkdirSync(join(folder, 'guides'));
    writeFileSync(join(folder, 'guides/setup.md'), '# Setup');
    const to = ['--address', harness.address, '--collection', 'inbox'];
    const rejected = ['--rejected', join(folder, 'r.jsonl')];
    const stdin = Readable.from([Buffer.from('{"id":"piped","body":"x"}\n')]);
    expect((await cli(['ingest', path, ...to])).exitCode).toBe(0);
    expect((await cli(['ingest', join(folder, 'guides'), ...to])).exitCode).toBe(0);
    expect((await cli(['ingest', '-', ...to, ...rejected], { stdin })).exitCode).toBe(0);
    const names = harness.engine.ingested.flat().map(({ collection, id }) => `${collection}/${id}`);
    expect(names).toEqual(['inbox/a', 'own/b', 'inbox/setup.md', 'inbox/piped']);
  });

  it('an interrupted ingest keeps its checkpoint, and the same command sends only the rest', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    writeFileSync(path, cases(6_000));
    const reached = gate();
    const goOn = gate();
    let calls = 0;
    harness.engine.hold = async (method) => {
      if (method !== 'ingest' || ++calls < 5) return;
      reached.open();
      await goOn.opened;
    };
    const args = ['ingest', path, '--address', harness.address, '--json'];
    const run = startCli(args);
    await reached.opened;
    run.signal('SIGINT');
    goOn.open();
    expect(await run.exited).toBe(130);
    expect(run.stderr()).toContain('the same command goes on from there');
    const before = JSON.parse(run.stdout()).documents;
    expect(JSON.parse(run.stdout()).complete).toBe(false);
    expect(before).toBeLessThan(6_000);
    harness.engine.ingested.length = 0;
    const rest = await cli(args);
    expect(rest.exitCode).toBe(0);
    expect(JSON.parse(rest.stdout)).toMatchObject({ documents: 6_000 - before, indexed: 6_000 - before });
    expect(ingestedIds()[0]).toBe(`case-${before}`);
    expect(existsSync(`${path}.kms-checkpoint.json`)).toBe(false);
  });

  it('an engine that goes away and comes back gets what it had not acknowledged, and nothing is lost', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    writeFileSync(path, cases(4_000));
    const reached = gate();
    let calls = 0;
    harness.engine.hold = async (method) => {
      if (method !== 'ingest' || ++calls !== 6) return;
      reached.open();
      await new Promise(() => undefined);
    };
    const run = startCli(['ingest', path, '--address', harness.address, '--json']);
    await reached.opened;
    await harness.server.stop();
    const { engine, address } = harness;
    const second = createGrpcServer({
      engine,
      address,
      log: quiet,
      clock: systemClock,
      metrics: noGrpcMetrics,
    });
    await second.start();
    expect(await run.exited).toBe(0);
    expect(run.stderr()).toContain('trying again in');
    const { documents, rejected, complete } = JSON.parse(run.stdout());
    expect({ documents, rejected, complete }).toEqual({ documents: 4_000, rejected: 0, complete: true });
    expect(new Set(ingestedIds()).size).toBe(4_000);
    await second.stop();
  });

  it('an engine that stays away ends the ingest with what to check and a checkpoint', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    writeFileSync(path, cases(4_000));
    const reached = gate();
    let calls = 0;
    harness.engine.hold = async (method) => {
      if (method !== 'ingest' || ++calls !== 6) return;
      reached.open();
      await new Promise(() => undefined);
    };
    const run = startCli(['ingest', path, '--address', harness.address, '--retry-for', '0']);
    await reached.opened;
    await harness.server.stop();
    expect(await run.exited).toBe(1);
    expect(run.stderr()).toContain('stopped behind');
    expect(existsSync(`${path}.kms-checkpoint.json`)).toBe(true);
  });

  it('a changed input starts over and says so', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    const subject = { identity: 'file:0:0:0', address: harness.address, collection: '' };
    writeFileSync(
      `${path}.kms-checkpoint.json`,
      JSON.stringify({ version: 1, ...subject, position: { record: 2, offset: 40 } }),
    );
    writeFileSync(path, cases(3));
    const { exitCode, stderr } = await cli(['ingest', path, '--address', harness.address]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('starting over');
    expect(ingestedIds()).toHaveLength(3);
  });

  it.each([
    ['a file that does not exist', ['absent.jsonl'], 1, /absent.jsonl does not exist/],
    [
      'a report that would overwrite the input',
      ['same.jsonl', '--rejected', 'same.jsonl'],
      2,
      /is the input/,
    ],
    ['a collection with a bad name', ['same.jsonl', '--collection', 'Two Words'], 2, /lower-case letters/],
  ])('%s is said before anything is sent', async (_name, args, code, message) => {
    const { exitCode, stderr } = await cli(['ingest', ...args, '--address', harness.address]);
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(message);
    expect(ingestedIds()).toEqual([]);
  });

  it('a message of many large documents stays within the limit of one message', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    writeFileSync(path, cases(20, 2 ** 20));
    const { exitCode, stdout } = await cli(['ingest', path, '--address', harness.address, '--json']);
    expect([exitCode, JSON.parse(stdout).indexed]).toEqual([0, 20]);
    expect(harness.engine.ingested.every((documents) => documents.length <= 2)).toBe(true);
  });
});

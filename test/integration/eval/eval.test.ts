// `npm run eval` from end to end: a judged set made here, a real engine, the figures it must come to.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runEval } from '../../../scripts/eval/eval-command.ts';
import type { FusionFeatures } from '../../../scripts/eval/fusion-features.ts';
import { fuse } from '../../../src/ranking/fuse.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Eight subjects that have nothing to do with each other; the query of each shares words with its document alone. */
const subjects = [
  [
    'printer',
    'The printer jams when it draws paper from the lower tray',
    'paper jam in the lower tray of a printer',
  ],
  ['invoice', 'The invoice shows the wrong tax rate for Norway', 'wrong tax rate on an invoice to Norway'],
  ['login', 'Users cannot log in after the password was reset', 'cannot log in after a password reset'],
  ['video', 'The video stutters on slow mobile connections', 'stuttering video on a slow mobile connection'],
  ['backup', 'The nightly backup stops because the disk is full', 'nightly backup stopped, disk full'],
  ['parcel', 'The parcel was delivered to the neighbour', 'parcel was given to my neighbour'],
  [
    'battery',
    'The battery drains overnight although the phone is idle',
    'battery of an idle phone drains overnight',
  ],
  ['calendar', 'Meetings appear an hour late in the calendar', 'calendar shows meetings an hour late'],
] as const;

const lines = (records: readonly unknown[]) => records.map((record) => JSON.stringify(record)).join('\n');

function writeSets(folder: string): void {
  const files = {
    'cases/corpus.jsonl': lines(subjects.map(([id, text]) => ({ _id: id, title: id, text }))),
    'cases/queries.jsonl': lines(subjects.map(([id, , query]) => ({ _id: `about ${id}`, text: query }))),
    'cases/qrels/test.tsv': subjects.map(([id]) => `about ${id}\t${id}\t1`).join('\n'),
    // Each query is its own best hit, so only leaving it out brings the document on top.
    'twins/corpus.jsonl': lines(
      subjects.flatMap(([id, text, query]) => [
        { _id: id, text },
        { _id: `about ${id}`, text: query },
      ]),
    ),
    'twins/queries.jsonl': lines(subjects.map(([id, , query]) => ({ _id: `about ${id}`, text: query }))),
    'twins/qrels/test.tsv': subjects.map(([id]) => `about ${id}\t${id}\t1`).join('\n'),
    'twins/info.json': '{"exclude_self": true}',
    'intents/train.csv': `text,category\n${subjects.map(([id, text]) => `"${text}",${id}`).join('\n')}`,
    'intents/test.csv': `text,category\n${subjects.map(([id, , query]) => `"${query}",${id}`).join('\n')}`,
    'pairs/pairs-test.csv': subjects
      .flatMap(([, text, query], i) => [
        `"${text}","${query}",5`,
        `"${text}","${subjects[(i + 1) % subjects.length]?.[2]}",0`,
      ])
      .join('\n'),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

async function evaluation(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const exitCode = await runEval(args, {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
  });
  return { exitCode, stdout: out.join(''), stderr: err.join('') };
}

it('finds what is to be found in every mode, prints it, and keeps it as JSON and as a report', async () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  writeSets(data);
  const [json, report, dump] = [
    join(folder, 'figures.json'),
    join(folder, 'report.md'),
    join(folder, 'features.json'),
  ];
  writeFileSync(report, '# Quality\n\n<!-- eval -->\nold figures\n<!-- /eval -->\n\nThe end.\n');

  const run = await evaluation(
    '--data',
    data,
    '--json',
    json,
    '--report',
    report,
    '--dump',
    dump,
    '--leave-one-out',
  );

  expect(run.stderr).not.toContain('eval:');
  expect(run.exitCode).toBe(0);
  const { results } = JSON.parse(readFileSync(json, 'utf8'));
  const byName = new Map<string, Record<string, unknown>>(
    results.map((one: { name: string }) => [one.name, one]),
  );
  expect([...byName.keys()]).toEqual(['cases', 'intents', 'pairs', 'twins']);
  for (const name of ['cases', 'twins']) {
    const { methods } = byName.get(name) as {
      methods: { name: string; metrics: Record<string, { mean: number; low: number; high: number }> }[];
    };
    expect(methods.map((method) => method.name)).toEqual([
      'semantic',
      'lexical',
      'hybrid',
      'hybrid, convex .7',
      'hybrid, rrf 60',
    ]);
    for (const { metrics } of methods) {
      expect(metrics['mrr']).toEqual({ mean: 1, low: 1, high: 1 });
      expect(metrics['map']?.mean).toBe(1);
    }
  }
  expect(byName.get('intents')).toMatchObject({ accuracy: 1, draws: 10, labels: 8 });
  expect(byName.get('pairs')?.['spearman']).toBeGreaterThan(0.8);
  expect(run.stdout).toContain('1.000 (1.000 to 1.000)');

  expectFeatures(dump);

  const text = readFileSync(report, 'utf8');
  expect(text).toMatch(/^# Quality\n\n<!-- eval -->\n/);
  expect(text).toMatch(/<!-- \/eval -->\n\nThe end\.\n$/);
  expect(text).not.toContain('old figures');
  expect(text).toContain('### cases');
  expect(text).toContain('### Fitted on the other sets');
  expect(text).toContain('| map | 1.000 (1.000 to 1.000) |');
});

/** Fusing what was dumped weighs as the engine did: a fit on the file is a fit of the engine. */
function expectFeatures(path: string): void {
  const { sets } = JSON.parse(readFileSync(path, 'utf8')) as FusionFeatures;
  expect(sets.map(({ name, queries }) => [name, queries.length])).toEqual([
    ['cases', 8],
    ['twins', 8],
  ]);
  for (const { queries } of sets) {
    for (const { id, evidence, semanticWeight, relevant, candidates } of queries) {
      expect(evidence.information).toBeGreaterThan(0);
      expect(candidates.map((candidate) => candidate.id)).not.toContain(id);
      expect(candidates.flatMap(({ id: found, gain }) => (gain > 0 ? [{ id: found, gain }] : []))).toEqual(
        relevant,
      );
      expect(fuse(candidates, evidence).semanticWeight).toBeCloseTo(semanticWeight, 9);
    }
  }
}

it('of one set and mode runs only these, and leaves the report alone', async () => {
  const folder = temporaryFolder();
  writeSets(folder);
  const json = join(folder, 'figures.json');
  const before = reportIfAny();
  const run = await evaluation('--data', folder, '--set', 'cases', '--mode', 'semantic', '--json', json);
  expect(run.exitCode).toBe(0);
  const { results } = JSON.parse(readFileSync(json, 'utf8'));
  expect(results).toHaveLength(1);
  expect(results[0]).toMatchObject({ name: 'cases', comparison: null, methods: [{ name: 'semantic' }] });
  expect(reportIfAny()).toBe(before);
});

it('says in one line what is wrong with the data, without starting an engine', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'empty'));
  const nothing = await evaluation('--data', folder);
  expect(nothing).toMatchObject({ exitCode: 1, stdout: '' });
  expect(nothing.stderr).toMatch(/^eval: .* holds no judged set; --help shows how one is laid out\n$/);
  expect(await evaluation('--data', join(folder, 'gone'))).toMatchObject({ exitCode: 1 });
});

it('refuses wrong usage with exit code 2, and teaches the layout of a set', async () => {
  expect((await evaluation()).exitCode).toBe(2);
  expect((await evaluation('--data', '.', '--mode', 'psychic')).exitCode).toBe(2);
  expect((await evaluation('--data', '.', '--mode', 'lexical', '--leave-one-out')).exitCode).toBe(2);
  expect((await evaluation('--data', '.', '--seed', '-1')).exitCode).toBe(2);
  expect((await evaluation('--data', '.', '--setting', 'EF=3')).exitCode).toBe(2);
  const help = await evaluation('--help');
  expect(help.exitCode).toBe(0);
  for (const name of [
    'corpus.jsonl',
    'queries.jsonl',
    'qrels/test.tsv',
    'info.json',
    'train.csv',
    '-test.csv',
  ])
    expect(help.stdout).toContain(name);
});

function reportIfAny(): string {
  const path = join(import.meta.dirname, '../../../docs/quality.md');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

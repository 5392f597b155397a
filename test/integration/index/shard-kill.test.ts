// kill -9 at random moments of a stream of commits, snapshots and insertions: every acknowledged document is there.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { CommitSequence } from '../../../src/storage/commit-sequence.ts';
import { testTaskContext } from '../../support/actor-context.ts';
import { numberedVector } from '../../support/numbered-vector.ts';
import { randomFrom } from '../../support/random.ts';
import { ShardDriver } from '../../support/shard-driver.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const writer = fileURLToPath(new URL('../../fixtures/shard-writer-process.ts', import.meta.url));
const rounds = 6;
const dimensions = 16;

interface Acknowledged {
  readonly written: number[];
  /** Their deletion was asked for, and may or may not have been done. */
  readonly doubtful: Set<number>;
  readonly deleted: Set<number>;
}

/** Runs until about `linesMin` changes are acknowledged, then kills. */
async function writeAndKill(dataDir: string, first: number, linesMin: number): Promise<Acknowledged> {
  const child = spawn(process.execPath, ['--import', 'tsx', writer, dataDir, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.split('\n').length > linesMin) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  const lines = output.split('\n').slice(0, -1);
  const marked = (mark: string) =>
    new Set(lines.flatMap((line) => (line[0] === mark ? [Number(line.slice(1))] : [])));
  return {
    written: lines.filter((line) => /^\d/.test(line)).map(Number),
    doubtful: marked('?'),
    deleted: marked('-'),
  };
}

test('what was acknowledged before a kill -9 is found by id, by vector and by words, once; what was deleted, never', async () => {
  const seed = Number(process.env['KMS_KILL_SEED'] ?? Date.now() % 1_000_000);
  process.stdout.write(`kill test: KMS_KILL_SEED=${seed}\n`);
  const random = randomFrom(seed);
  const dataDir = temporaryFolder();
  const acknowledged: number[] = [];
  const gone: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { written, doubtful, deleted } = await writeAndKill(
      dataDir,
      round * 1_000_000,
      50 + random() * 900,
    );
    acknowledged.push(...written.filter((number) => !doubtful.has(number)));
    gone.push(...deleted);
    const driver = await ShardDriver.start({
      dataDir,
      dimensions,
      generation: 'kill',
      exactMax: 50,
      sequence: new CommitSequence().shared,
    });
    const keys = acknowledged.map((number) => ({ collection: 'cases', id: `doc-${number}` }));
    const { documents } = await driver.actor.tasks.fetch(
      { keys, withVectors: false, omitBody: false, terms: [] },
      testTaskContext(),
    );
    expect(documents.filter((found) => found === null).length).toBe(0);
    for (const number of acknowledged) {
      const hits = await driver.search(numberedVector(number, dimensions), { limit: 3 });
      expect(hits.filter(({ id }) => id === `doc-${number}`).length).toBe(1);
      expect(hits[0]?.id).toBe(`doc-${number}`);
      const byWords = await driver.searchWords(`ERR_OWN_${number}`, { limit: 3 });
      expect(byWords.filter(({ id }) => id === `doc-${number}`).length).toBe(1);
      expect(byWords[0]?.id).toBe(`doc-${number}`);
    }
    for (const number of gone) {
      const byVector = await driver.search(numberedVector(number, dimensions), { limit: 3 });
      const byWords = await driver.searchWords(`ERR_OWN_${number}`, { limit: 3 });
      expect([...byVector, ...byWords].map(({ id }) => id)).not.toContain(`doc-${number}`);
    }
    const { documents: stored } = await driver.collection();
    expect((await driver.searchWords('document', { limit: 100_000 })).length).toBe(stored);
    expect(
      driver.context.lines.filter(({ event }) => event.startsWith('lexical index does not fit')),
    ).toEqual([]);
    await driver.work(Math.floor(random() * 300));
    await driver.kill();
  }
  expect(acknowledged.length).toBeGreaterThan(rounds * 50);
}, 180_000);

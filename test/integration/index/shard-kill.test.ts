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

/** Runs until about `linesMin` documents are acknowledged, then kills; returns their numbers. */
async function writeAndKill(dataDir: string, first: number, linesMin: number): Promise<number[]> {
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
  return output.split('\n').slice(0, -1).map(Number);
}

test('what was acknowledged before a kill -9 is found by id and by search, once', async () => {
  const seed = Number(process.env['KMS_KILL_SEED'] ?? Date.now() % 1_000_000);
  process.stdout.write(`kill test: KMS_KILL_SEED=${seed}\n`);
  const random = randomFrom(seed);
  const dataDir = temporaryFolder();
  const acknowledged: number[] = [];
  for (let round = 0; round < rounds; round++) {
    acknowledged.push(...(await writeAndKill(dataDir, round * 1_000_000, 50 + random() * 600)));
    const driver = await ShardDriver.start({
      dataDir,
      dimensions,
      generation: 'kill',
      exactMax: 50,
      sequence: new CommitSequence().shared,
    });
    const keys = acknowledged.map((number) => ({ collection: 'cases', id: `doc-${number}` }));
    const { documents } = await driver.actor.tasks.fetch(
      { keys, withVectors: false, omitBody: false },
      testTaskContext(),
    );
    expect(documents.filter((found) => found === null).length).toBe(0);
    for (const number of acknowledged) {
      const hits = await driver.search(numberedVector(number, dimensions), { limit: 3 });
      expect(hits.filter(({ id }) => id === `doc-${number}`).length).toBe(1);
      expect(hits[0]?.id).toBe(`doc-${number}`);
    }
    driver.work(Math.floor(random() * 300));
    await driver.kill();
  }
  expect(acknowledged.length).toBeGreaterThan(rounds * 50);
}, 180_000);

// A thread may die at any moment: the supervisor starts another one, the stream goes on, and nobody notices more than a
// pause.

import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { startEngine } from '../../support/engine-in-process.ts';
import { IngestStream } from '../../support/ingest-stream.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const mortal = ['extract', 'clean', 'embed', 'index-0'] as const;
const messages = 24;
const documentsPerMessage = 6;

test('threads killed during ingest are restarted, and every document is acknowledged once', {
  timeout: 180_000,
}, async () => {
  const engine = await startEngine(temporaryFolder());
  const stream = new IngestStream(engine.client);
  const acknowledged: string[] = [];
  let isOver = false;
  const searches = searchUntil(() => isOver, engine.client);

  const sent = Array.from({ length: messages }, async (_, message) => {
    const documents = Array.from({ length: documentsPerMessage }, (_unused, i) => ({
      id: `${message}-${i}`,
      body: `The gateway ${message} answers with error ${i} after the update of its firmware to ${message}.${i}`,
    }));
    const { results } = await stream.send(documents);
    for (const { id, outcome } of results) {
      expect(outcome).toBe('OUTCOME_INDEXED');
      acknowledged.push(id);
    }
    // Each fourth acknowledgement costs a thread its life, while the later messages are in its hands.
    const victim = message % 4 === 0 ? mortal[message / 4] : undefined;
    if (victim !== undefined) engine.killThread(victim);
  });
  await Promise.all(sent);
  await stream.end();
  isOver = true;
  const { succeeded, failures } = await searches;

  expect(new Set(acknowledged).size).toBe(messages * documentsPerMessage);
  expect(acknowledged).toHaveLength(messages * documentsPerMessage);
  expect(succeeded).toBeGreaterThan(0);
  expect(failures.filter((code) => code !== status.UNAVAILABLE)).toEqual([]);
  const { collections } = await engine.client.getStatus({});
  expect(Number(collections[0]?.documents)).toBe(messages * documentsPerMessage);
  for (const actor of mortal) {
    const restarted = new RegExp(`kms_actor_restarts_total{actor="${actor}",reason="exit"} 1\n`);
    await expect
      .poll(async () => (await engine.metrics.scrape()).text, { timeout: 30_000 })
      .toMatch(restarted);
  }
  await engine.stop();
});

/** One search after the other; the codes of those that failed. */
async function searchUntil(isOver: () => boolean, client: Awaited<ReturnType<typeof startEngine>>['client']) {
  const failures: number[] = [];
  let succeeded = 0;
  while (!isOver()) {
    try {
      await client.search({ text: 'firmware update of the gateway', limit: 3 }, { timeoutMs: 30_000 });
      succeeded += 1;
    } catch (error) {
      failures.push((error as { code: number }).code);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { succeeded, failures };
}

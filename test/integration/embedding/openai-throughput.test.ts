// The provider against a service that refuses a fifth of everything by chance: nothing is lost, nobody is early, and
// what the rate limit allows is used. Measured by the server's own counts against its own bucket.

import { expect, test } from 'vitest';
import { EmbeddingServer } from '../../support/embedding-server.ts';
import { providerFor } from '../../support/provider-under-test.ts';
import { randomFrom } from '../../support/random.ts';

const seed = 20_250_731;
const requestsPerMinute = 900;
/** Three are under way at once; a load that lasts longer than the measurement. */
const tasks = 3;
const textsATask = 70;
const servedMin = 150;

test('under 20 % 429 and 5 % 500 no text is lost, nobody is early, and 0.8 of the rate limit is used', async () => {
  const server = await EmbeddingServer.start({
    requestsPerMinute,
    burst: 30,
    textsMax: 1,
    chance: { tooMany: 0.2, error: 0.05, headers: { 'retry-after-ms': '100' }, seed },
  });
  const under = providerFor(server, { limits: { requestsPerMinute }, random: randomFrom(seed) });
  const served = () => server.requests.filter(({ status }) => status === 200).length;
  try {
    const { signal } = new AbortController();
    // One text a request, so that requests are what is scarce; the provider learns it from a first batch.
    await under.provider.embed(['warm', 'up'], { lane: 'bulk', signal });
    server.forget();
    const load = Promise.all(
      Array.from({ length: tasks }, (_, task) => {
        const texts = Array.from({ length: textsATask }, (_, i) => `case ${task}-${i}`);
        return under.provider.embed(texts, { lane: 'bulk', signal });
      }),
    );
    await expect.poll(() => served() >= servedMin, { timeout: 60_000, interval: 20 }).toBe(true);
    const used = served() / server.requestsAllowed;
    console.info(
      `seed ${seed}: ${served()} of ${server.requests.length} served, ${used.toFixed(2)} of the limit`,
    );
    for (const { failures } of await load) expect(failures).toEqual([]);
    expect([...server.timesEmbedded.values()].every((times) => times === 1)).toBe(true);
    expect(server.timesEmbedded.size).toBe(tasks * textsATask);
    expect(server.earlyRequests).toBe(0);
    expect(used).toBeGreaterThan(0.8);
  } finally {
    await under.close();
    await server.close();
  }
}, 120_000);

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';

const bootMs = () => Number(process.hrtime.bigint()) / 1e6;
/** How exactly two clocks of one time line agree here: a thread may be interrupted while it compares them. */
const slackMs = 0.5;

describe('the monotonic clock', () => {
  it('counts from the boot of the machine', () => {
    const beforeMs = bootMs();
    const nowMs = systemClock.nowMs();
    expect(nowMs).toBeGreaterThan(beforeMs - slackMs);
    expect(nowMs).toBeLessThan(bootMs() + slackMs);
  });

  it('is on one time line for all threads', async () => {
    const clock = new URL('../../../src/base/clock.ts', import.meta.url).href;
    const source = `
      const { parentPort } = require('node:worker_threads');
      import('tsx/esm/api')
        .then(({ tsImport }) => tsImport('${clock}', '${clock}'))
        .then(({ systemClock }) => {
          parentPort.on('message', () => parentPort.postMessage(systemClock.nowMs()));
          parentPort.postMessage('ready');
        });
    `;
    const thread = new Worker(source, { eval: true });
    try {
      await once(thread, 'message');
      const beforeMs = systemClock.nowMs();
      thread.postMessage('now');
      const [theirMs] = (await once(thread, 'message')) as [number];
      expect(theirMs).toBeGreaterThan(beforeMs - slackMs);
      expect(theirMs).toBeLessThan(systemClock.nowMs() + slackMs);
    } finally {
      await thread.terminate();
    }
  });
});

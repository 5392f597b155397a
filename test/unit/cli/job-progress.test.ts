import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { CommandIo } from '../../../src/cli/command-io.ts';
import { JobProgressDisplay } from '../../../src/cli/job-progress.ts';
import type { Job__Output } from '../../../src/grpc/generated/kms/v1/Job.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function io(clock: ManualClock, isTTY: boolean): { readonly io: CommandIo; readonly written: string[] } {
  const written: string[] = [];
  // What a progress bar asks of a terminal beside writing.
  const terminal = {
    write: (text: string) => written.push(text),
    isTTY,
    columns: 200,
    cursorTo: () => {},
    clearLine: () => {},
    moveCursor: () => {},
  };
  return {
    written,
    io: {
      stdin: Readable.from([]),
      stdout: { write: () => undefined },
      stderr: terminal,
      env: {},
      clock,
      random: () => 0,
      onSignal: () => () => undefined,
      abandon: () => undefined,
    },
  };
}

function job(read: number, total: number | null): Job__Output {
  const counts = { unchanged: '1', indexed: '2', deleted: '3', rejected: '4' };
  return {
    id: 'job-1',
    task: 'sync',
    sync: { source: 'cases', mode: 'SYNC_MODE_FULL' },
    state: 'JOB_STATE_STARTED',
    priority: 'JOB_PRIORITY_NORMAL',
    createTime: null,
    startTime: null,
    endTime: null,
    progress: {
      read: `${read}`,
      ...counts,
      ...(total === null ? {} : { total: `${total}` }),
      ratePerSecond: 12.34,
      eta: total === null ? null : { seconds: '7', nanos: 200_000_000 },
    },
    plan: null,
    fault: null,
    attempts: 1,
  };
}

it('away from a terminal a line every five seconds says all counts, the rate and the time left', () => {
  const clock = new ManualClock();
  const { io: commandIo, written } = io(clock, false);
  const display = new JobProgressDisplay(commandIo, job(0, null));
  clock.advance(5_000);
  display.update(job(10, 100));
  clock.advance(5_000);
  expect(written).toEqual([
    'kms: 0 read: 2 indexed, 1 unchanged, 3 deleted, 4 rejected, 12/s\n',
    'kms: 10%, 10 read: 2 indexed, 1 unchanged, 3 deleted, 4 rejected, 12/s, about 8 s left\n',
  ]);
  display.stop();
  clock.advance(60_000);
  expect(written).toHaveLength(2);
});

it('on a terminal the bar begins when the end is known', () => {
  const clock = new ManualClock();
  const { io: commandIo, written } = io(clock, true);
  const display = new JobProgressDisplay(commandIo, job(0, null));
  expect(written.join('')).toBe('');
  display.update(job(10, 100));
  clock.advance(5_000);
  expect(written.join('')).toContain('10% | 10 read, 1 unchanged, 2 indexed, 4 rejected | 12/s | 8 s left');
  display.stop();
});

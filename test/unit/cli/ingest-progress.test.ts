import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { CommandIo } from '../../../src/cli/command-io.ts';
import { IngestProgress } from '../../../src/cli/ingest-progress.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function io(clock: ManualClock, isTTY: boolean): { readonly io: CommandIo; readonly written: string[] } {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  // What a progress bar asks of a terminal beside writing.
  const terminal = {
    write,
    isTTY,
    columns: 120,
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

it('away from a terminal a line every five seconds says rate, share and the time left', () => {
  const clock = new ManualClock();
  const { io: commandIo, written } = io(clock, false);
  const progress = new IngestProgress(commandIo, 1_000, { record: 0, offset: 0 });
  progress.update({ documents: 50, rejected: 1, position: { record: 51, offset: 250 } });
  clock.advance(4_999);
  expect(written).toEqual([]);
  clock.advance(1);
  expect(written).toEqual(['kms: 25%, 50 documents acknowledged, 1 rejected, 10/s, about 15 s left\n']);
  progress.stop();
  clock.advance(60_000);
  expect(written).toHaveLength(1);
});

it('the time left counts from where a resumed ingest began', () => {
  const clock = new ManualClock();
  const { io: commandIo, written } = io(clock, false);
  const progress = new IngestProgress(commandIo, 1_000, { record: 80, offset: 800 });
  progress.update({ documents: 10, rejected: 0, position: { record: 90, offset: 900 } });
  clock.advance(5_000);
  expect(written[0]).toContain('90%, 10 documents acknowledged, 0 rejected, 2/s, about 5 s left');
  progress.stop();
});

it('a pipe of unknown length has no share and no time left', () => {
  const clock = new ManualClock();
  const { io: commandIo, written } = io(clock, false);
  const progress = new IngestProgress(commandIo, null, { record: 0, offset: 0 });
  progress.update({ documents: 5, rejected: 0, position: { record: 5, offset: 50 } });
  clock.advance(5_000);
  expect(written).toEqual(['kms: 5 documents acknowledged, 0 rejected, 1/s\n']);
  progress.stop();
});

it('a line on a terminal takes the place of the bar instead of standing behind it', () => {
  const { io: commandIo, written } = io(new ManualClock(), true);
  const progress = new IngestProgress(commandIo, 1_000, { record: 0, offset: 0 });
  written.length = 0;
  progress.say('the stream broke');
  expect(written.join('')).toBe('\r\u001b[Kkms: the stream broke\n');
  progress.stop();
});

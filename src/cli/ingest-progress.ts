// How far an ingest is: a bar with rate and time left on a terminal, else a line every few seconds for the log.

import { Presets, SingleBar } from 'cli-progress';
import type { Timer } from '../base/clock.ts';
import type { SourcePosition } from '../sources/source.ts';
import { type CommandIo, say } from './command-io.ts';

const lineIntervalMs = 5_000;
const barIntervalMs = 200;
/** To the first column, and everything to the right of it away. */
const eraseLine = '\r\u001b[K';

export interface ProgressState {
  readonly documents: number;
  readonly rejected: number;
  readonly position: SourcePosition;
}

export class IngestProgress {
  readonly #io: CommandIo;
  readonly #bytesTotal: number | null;
  readonly #bar: SingleBar | null;
  readonly #startMs: number;
  readonly #startOffset: number;
  #state: ProgressState;
  #timer: Timer | null = null;

  constructor(io: CommandIo, bytesTotal: number | null, from: SourcePosition) {
    this.#io = io;
    this.#bytesTotal = bytesTotal;
    this.#startMs = io.clock.nowMs();
    this.#startOffset = from.offset;
    this.#state = { documents: 0, rejected: 0, position: from };
    const isBar = io.stderr.isTTY === true && bytesTotal !== null && bytesTotal > 0;
    this.#bar = isBar
      ? new SingleBar(
          {
            format: '{bar} {percentage}% | {documents} documents | {rate}/s | {left} left',
            stream: io.stderr as unknown as NodeJS.WritableStream,
            hideCursor: true,
            clearOnComplete: true,
          },
          Presets.shades_classic,
        )
      : null;
    this.#bar?.start(bytesTotal ?? 0, from.offset, { documents: 0, rate: '-', left: '-' });
    this.#arm();
  }

  update(state: ProgressState): void {
    this.#state = state;
  }

  /** A line for the person; on a terminal in the place of the bar, which is drawn below it at the next update. */
  say(line: string): void {
    if (this.#bar !== null) this.#io.stderr.write(eraseLine);
    say(this.#io, line);
  }

  /** Removes the bar; nothing is shown after it. */
  stop(): void {
    this.#timer?.cancel();
    this.#bar?.stop();
  }

  #arm(): void {
    const intervalMs = this.#bar === null ? lineIntervalMs : barIntervalMs;
    this.#timer = this.#io.clock.setTimer(intervalMs, () => {
      this.#show();
      this.#arm();
    });
  }

  #show(): void {
    const { documents, rejected, position } = this.#state;
    const seconds = (this.#io.clock.nowMs() - this.#startMs) / 1000;
    const rate = seconds > 0 ? (documents / seconds).toFixed(0) : '-';
    const left = this.#secondsLeft(seconds);
    if (this.#bar !== null) {
      this.#bar.update(position.offset, { documents, rate, left: left === null ? '-' : `${left} s` });
      return;
    }
    const percent = this.#bytesTotal ? `${((100 * position.offset) / this.#bytesTotal).toFixed(0)}%, ` : '';
    const end = left === null ? '' : `, about ${left} s left`;
    say(this.#io, `${percent}${documents} documents acknowledged, ${rejected} rejected, ${rate}/s${end}`);
  }

  /** By bytes: documents differ in length, and nobody has counted them yet. */
  #secondsLeft(seconds: number): number | null {
    const done = this.#state.position.offset - this.#startOffset;
    if (this.#bytesTotal === null || done <= 0) return null;
    return Math.ceil((seconds / done) * (this.#bytesTotal - this.#state.position.offset));
  }
}

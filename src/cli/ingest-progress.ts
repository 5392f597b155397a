// How far an ingest is, by the bytes of its input, with rate and time left.

import type { SourcePosition } from '../sources/source.ts';
import type { CommandIo } from './command-io.ts';
import { ProgressDisplay, type ProgressView } from './progress-display.ts';

const format = '{bar} {percentage}% | {documents} documents | {rate}/s | {left} left';

export interface ProgressState {
  readonly documents: number;
  readonly rejected: number;
  readonly position: SourcePosition;
}

export class IngestProgress {
  readonly #io: CommandIo;
  readonly #bytesTotal: number | null;
  readonly #startMs: number;
  readonly #startOffset: number;
  readonly #display: ProgressDisplay;
  #state: ProgressState;

  constructor(io: CommandIo, bytesTotal: number | null, from: SourcePosition) {
    this.#io = io;
    this.#bytesTotal = bytesTotal;
    this.#startMs = io.clock.nowMs();
    this.#startOffset = from.offset;
    this.#state = { documents: 0, rejected: 0, position: from };
    this.#display = new ProgressDisplay(io, { format, view: () => this.#view() });
  }

  update(state: ProgressState): void {
    this.#state = state;
  }

  /** A line for the person, in the place of the bar. */
  say(line: string): void {
    this.#display.say(line);
  }

  /** Nothing is shown after it. */
  stop(): void {
    this.#display.stop();
  }

  #view(): ProgressView {
    const { documents, rejected, position } = this.#state;
    const total = this.#bytesTotal;
    const seconds = (this.#io.clock.nowMs() - this.#startMs) / 1000;
    const rate = seconds > 0 ? (documents / seconds).toFixed(0) : '-';
    const left = this.#secondsLeft(seconds);
    const percent = total ? `${((100 * position.offset) / total).toFixed(0)}%, ` : '';
    const end = left === null ? '' : `, about ${left} s left`;
    return {
      done: position.offset,
      total,
      fields: { documents, rate, left: left === null ? '-' : `${left} s` },
      line: `${percent}${documents} documents acknowledged, ${rejected} rejected, ${rate}/s${end}`,
    };
  }

  /** By bytes: documents differ in length, and nobody has counted them yet. */
  #secondsLeft(seconds: number): number | null {
    const done = this.#state.position.offset - this.#startOffset;
    if (this.#bytesTotal === null || done <= 0) return null;
    return Math.ceil((seconds / done) * (this.#bytesTotal - this.#state.position.offset));
  }
}

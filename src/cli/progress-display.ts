// How far something long is: a bar on a terminal, as soon as its end is known, else a line every few seconds for the log.

import { Presets, SingleBar } from 'cli-progress';
import type { Timer } from '../base/clock.ts';
import { type CommandIo, say } from './command-io.ts';

const lineIntervalMs = 5_000;
const barIntervalMs = 200;
/** To the first column, and everything to the right of it away. */
const eraseLine = '\r\u001b[K';

export interface ProgressView {
  readonly done: number;
  /** Null: nobody knows. */
  readonly total: number | null;
  /** What the bar's format names. */
  readonly fields: Readonly<Record<string, string | number>>;
  /** The same where there is no terminal. */
  readonly line: string;
}

export class ProgressDisplay {
  readonly #io: CommandIo;
  readonly #format: string;
  readonly #view: () => ProgressView;
  #bar: SingleBar | null = null;
  #timer: Timer | null = null;

  constructor(io: CommandIo, options: { readonly format: string; readonly view: () => ProgressView }) {
    this.#io = io;
    this.#format = options.format;
    this.#view = options.view;
    this.#startBar(this.#view());
    this.#arm();
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

  #startBar({ done, total, fields }: ProgressView): void {
    if (this.#io.stderr.isTTY !== true || total === null || total <= 0) return;
    const options = {
      format: this.#format,
      stream: this.#io.stderr as unknown as NodeJS.WritableStream,
      hideCursor: true,
      clearOnComplete: true,
    };
    this.#bar = new SingleBar(options, Presets.shades_classic);
    this.#bar.start(total, done, fields);
  }

  #arm(): void {
    const intervalMs = this.#bar === null ? lineIntervalMs : barIntervalMs;
    this.#timer = this.#io.clock.setTimer(intervalMs, () => {
      this.#show();
      this.#arm();
    });
  }

  #show(): void {
    const view = this.#view();
    if (this.#bar === null) this.#startBar(view);
    if (this.#bar === null) {
      say(this.#io, view.line);
      return;
    }
    if (view.total !== null) this.#bar.setTotal(view.total);
    this.#bar.update(view.done, view.fields);
  }
}

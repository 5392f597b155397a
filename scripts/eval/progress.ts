// How far the evaluation is: a bar on a terminal, a line a phase in a log. On standard error, away from the tables.

import { Presets, SingleBar } from 'cli-progress';
import type { OnProgress } from './eval-engine.ts';

/** The part of a terminal or pipe that is written to. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export class Progress {
  readonly #sink: TextSink;
  #bar: SingleBar | null = null;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  /** Ends the phase before. */
  phase(label: string): OnProgress {
    this.end();
    if (this.#sink.isTTY !== true) {
      this.#sink.write(`${label}\n`);
      return () => {};
    }
    const bar = new SingleBar(
      {
        format: `${label.padEnd(34)} {bar} {percentage} %  {value}/{total}`,
        stream: this.#sink as unknown as NodeJS.WritableStream,
        hideCursor: true,
        clearOnComplete: true,
      },
      Presets.shades_classic,
    );
    this.#bar = bar;
    bar.start(1, 0);
    return (done, total) => {
      bar.setTotal(total);
      bar.update(done);
    };
  }

  /** Removes the bar. */
  end(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}

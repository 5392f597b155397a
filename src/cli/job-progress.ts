// How far a watched job is, as the engine counts it.

import type { Job__Output } from '../grpc/generated/kms/v1/Job.ts';
import type { CommandIo } from './command-io.ts';
import { countsOf, countsText, stateOf } from './job-forms.ts';
import { ProgressDisplay, type ProgressView } from './progress-display.ts';
import { safeLine } from './safe-text.ts';

const format =
  '{bar} {percentage}% | {read} read, {unchanged} unchanged, {indexed} indexed, {rejected} rejected | {rate}/s | {left} left';

export class JobProgressDisplay {
  readonly #display: ProgressDisplay;
  #job: Job__Output;
  /** What held the job up when it was last said. */
  #saidFault = '';

  constructor(io: CommandIo, job: Job__Output) {
    this.#job = job;
    this.#display = new ProgressDisplay(io, { format, view: () => this.#view() });
  }

  update(job: Job__Output): void {
    this.#job = job;
    const fault = stateOf(job) === 'started' && job.fault !== null ? safeLine(job.fault.message) : '';
    if (fault !== '' && fault !== this.#saidFault) this.say(`the job is held up: ${fault}`);
    this.#saidFault = fault;
  }

  say(line: string): void {
    this.#display.say(line);
  }

  stop(): void {
    this.#display.stop();
  }

  #view(): ProgressView {
    const counts = countsOf(this.#job);
    const { read, unchanged, indexed, rejected, total, ratePerSecond, etaSeconds } = counts;
    const rate = ratePerSecond.toFixed(ratePerSecond < 10 ? 1 : 0);
    const left = etaSeconds === null ? null : `${Math.ceil(etaSeconds)} s`;
    const percent = total ? `${((100 * read) / total).toFixed(0)}%, ` : '';
    const state = stateOf(this.#job) === 'queued' ? 'queued, ' : '';
    const end = left === null ? '' : `, about ${left} left`;
    return {
      done: read,
      total,
      fields: { read, unchanged, indexed, rejected, rate, left: left ?? '-' },
      line: `${state}${percent}${countsText(counts)}, ${rate}/s${end}`,
    };
  }
}

// Looks at a job until it has ended, with a bar, and turns its end into a summary and an exit code. Looking is all it
// does: an interruption leaves the job running, and an engine that goes away is asked again when it is back, because
// its jobs go on then.

import { type ServiceError, status } from '@grpc/grpc-js';
import { sleep } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import { errorDetails } from '../grpc/client.ts';
import type { Job__Output } from '../grpc/generated/kms/v1/Job.ts';
import { type CommandIo, exitCodes, say } from './command-io.ts';
import type { Connection } from './connection.ts';
import { countsOf, countsText, hasEnded, jobJson, stateOf, taskText } from './job-forms.ts';
import { JobProgressDisplay } from './job-progress.ts';
import { safeJson, safeLine } from './safe-text.ts';

const backoffMs = { first: 250, max: 5_000 };
/** How a stream ends when the process or the network behind it goes away; the engine itself said nothing. */
const transportCodes: readonly number[] = [status.UNAVAILABLE, status.CANCELLED, status.INTERNAL];

export interface JobWatchOptions {
  readonly connection: Connection;
  readonly io: CommandIo;
  /** How long to go on asking an engine that is away. */
  readonly patienceMs: number;
  readonly isJson: boolean;
}

/** Resolves with the exit code when the job has ended or the person has seen enough. */
export async function watchJob(first: Job__Output, options: JobWatchOptions): Promise<number> {
  const { io, isJson } = options;
  const display = new JobProgressDisplay(io, first);
  const interrupt = new AbortController();
  let interruptCode: number = exitCodes.interrupted;
  const stopListening = io.onSignal((signal) => {
    interruptCode = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
    interrupt.abort(new Error('interrupted'));
  });
  let last = first;
  const onJob = (job: Job__Output) => {
    last = job;
    display.update(job);
  };
  try {
    if (!hasEnded(first))
      await lookUntilEnd(first.id, { ...options, display, onJob, signal: interrupt.signal });
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
  } finally {
    stopListening();
    display.stop();
  }
  if (!hasEnded(last)) {
    const id = safeLine(last.id);
    say(io, `the job goes on: "kms jobs watch ${id}" looks at it again, "kms jobs cancel ${id}" stops it`);
    if (isJson) io.stdout.write(`${safeJson(jobJson(last))}\n`);
    return interruptCode;
  }
  io.stdout.write(isJson ? `${safeJson(jobJson(last))}\n` : summary(last));
  return exitCodeOf(io, last);
}

interface Look extends JobWatchOptions {
  readonly display: JobProgressDisplay;
  readonly onJob: (job: Job__Output) => void;
  readonly signal: AbortSignal;
}

/** Resolves when the job has ended; asks again while the engine is away. */
async function lookUntilEnd(jobId: string, look: Look): Promise<void> {
  const { connection, io, patienceMs, display, signal } = look;
  let heardMs = io.clock.nowMs();
  let attempt = 0;
  let isEnded = false;
  const onJob = (job: Job__Output) => {
    heardMs = io.clock.nowMs();
    attempt = 0;
    isEnded = hasEnded(job);
    look.onJob(job);
  };
  for (;;) {
    const error = await lookOnce(jobId, { ...look, onJob });
    if (isEnded) return;
    if (signal.aborted) throw signal.reason;
    const reason = error ?? new KmsError('unavailable', 'the engine ended the watch before the job ended');
    if (!mayComeBack(reason) || io.clock.nowMs() - heardMs >= patienceMs) throw connection.fault(reason);
    const delayMs = Math.min(backoffMs.max, backoffMs.first * 2 ** attempt) * (0.5 + io.random() / 2);
    if (attempt === 0) display.say('the engine is away; the job goes on when it is back, asking again');
    attempt += 1;
    await sleep(io.clock, delayMs, signal);
  }
}

/** One stream's life: null when it ended well, else how it broke. */
function lookOnce(jobId: string, { connection, onJob, signal }: Look): Promise<Error | null> {
  return new Promise((resolve) => {
    const call = connection.client.watchJob({ jobId }, { signal });
    call.on('data', ({ job }: { readonly job: Job__Output | null }) => {
      if (job !== null) onJob(job);
    });
    call.once('error', resolve);
    call.once('end', () => resolve(null));
  });
}

function mayComeBack(error: Error): boolean {
  if (error instanceof KmsError) return error.isRetryable;
  const details = errorDetails(error);
  if (details !== null && details.reason !== '') return details.retryDelayMs !== null;
  return transportCodes.includes((error as ServiceError).code);
}

function summary(job: Job__Output): string {
  const counts = countsOf(job);
  const { startTime, endTime } = job;
  const seconds =
    startTime === null || endTime === null
      ? null
      : Number(endTime.seconds) - Number(startTime.seconds) + (endTime.nanos - startTime.nanos) / 1e9;
  const time = seconds === null ? '' : ` in ${seconds.toFixed(1)} s`;
  return `${taskText(job)} ${stateOf(job)}${time}, ${countsText(counts)}\n`;
}

function exitCodeOf(io: CommandIo, job: Job__Output): number {
  if (stateOf(job) === 'finished') {
    const { rejected } = countsOf(job);
    if (rejected === 0) return exitCodes.done;
    say(io, `"kms dead-letters list" says what was rejected and why`);
    return exitCodes.rejections;
  }
  if (job.fault !== null) say(io, `${job.fault.reason}: ${safeLine(job.fault.message)}`);
  return exitCodes.failed;
}

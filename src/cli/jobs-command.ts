// `kms jobs`: the engine's long work, listed, looked at and stopped.

import { type Command, InvalidArgumentError, Option } from 'commander';
import { KmsError } from '../base/errors.ts';
import type { Job__Output } from '../grpc/generated/kms/v1/Job.ts';
import { type JobState, jobStates } from '../model/job.ts';
import { type CommandIo, exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, addPatienceOption, type ClientOptions, integerReader } from './common-options.ts';
import type { Connection } from './connection.ts';
import { jobJson, jobsTable, jobText } from './job-forms.ts';
import { watchJob } from './job-watch.ts';
import { safeJson } from './safe-text.ts';

interface ListOptions extends ClientOptions {
  readonly state: readonly JobState[];
  readonly source: string;
  readonly limit: number;
}

interface WatchOptions extends ClientOptions {
  readonly retryFor: number;
}

export function addJobsCommand(program: Command, runner: CommandRunner): void {
  const jobs = program
    .command('jobs')
    .description('List, look at and stop the long work of the engine: syncs of sources.')
    .addHelpText(
      'after',
      `
Examples:
  kms jobs                                  # the newest ones; the same as kms jobs list
  kms jobs list --state started --state queued
  kms jobs watch JOB                        # until it has ended
  kms jobs cancel JOB                       # what it has indexed stays

Each of them has its own --help.`,
    );
  addListCommand(jobs, runner);
  addGetCommand(jobs, runner);
  addWatchCommand(jobs, runner);
  addCancelCommand(jobs, runner);
}

function addListCommand(jobs: Command, runner: CommandRunner): void {
  const command = jobs
    .command('list', { isDefault: true })
    .description('List jobs, the newest first.')
    .addOption(
      new Option(
        '--state <state>',
        `only in this state (${jobStates.join(', ')}); may be given several times`,
      )
        .default([], 'any')
        .argParser(readState),
    )
    .option('--source <name>', 'only syncs of this source', '')
    .addOption(
      new Option('-n, --limit <jobs>', 'at most this many').default(20).argParser(integerReader(1, 1_000)),
    )
    .addHelpText(
      'after',
      `
Examples:
  kms jobs list --source cases --limit 5
  kms jobs list --state failed --json | jq -r '.jobs[] | [.id, .fault.message] | @tsv'`,
    );
  addClientOptions(command).action((options: ListOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const states = options.state.map(
        (state) => `JOB_STATE_${state.toUpperCase() as Uppercase<JobState>}` as const,
      );
      const request = { states, source: options.source, pageSize: options.limit };
      const reply = await connection.call((client, call) => client.listJobs(request, call));
      if (options.json) io.stdout.write(`${safeJson({ jobs: reply.jobs.map(jobJson) })}\n`);
      else io.stdout.write(reply.jobs.length === 0 ? 'no jobs\n' : `${jobsTable(reply.jobs)}\n`);
      return exitCodes.done;
    }),
  );
}

function addGetCommand(jobs: Command, runner: CommandRunner): void {
  const command = jobs
    .command('get')
    .description('Print one job: its progress, its plan and what went wrong.')
    .argument('<id>', 'the job')
    .addHelpText('after', '\nExamples:\n  kms jobs get JOB\n  kms jobs get JOB --json | jq .progress');
  addClientOptions(command).action((id: string, options: ClientOptions) =>
    runner.withEngine(options, async (connection, io) => {
      printJob(io, await jobOf(connection, id), options);
      return exitCodes.done;
    }),
  );
}

function addWatchCommand(jobs: Command, runner: CommandRunner): void {
  const command = jobs
    .command('watch')
    .description('Look at a job until it has ended. Interrupting this leaves the job running.')
    .argument('<id>', 'the job')
    .addHelpText(
      'after',
      `
Examples:
  kms jobs watch JOB
  kms jobs watch JOB --json && echo done    # one object, when it has ended

Exit codes: 0 finished, 1 failed or stopped, 3 finished with rejected documents, 130 interrupted while the job goes on.`,
    );
  addClientOptions(addPatienceOption(command)).action((id: string, options: WatchOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const job = await jobOf(connection, id);
      return watchJob(job, { connection, io, patienceMs: options.retryFor * 1000, isJson: options.json });
    }),
  );
}

function addCancelCommand(jobs: Command, runner: CommandRunner): void {
  const command = jobs
    .command('cancel')
    .description('Stop a job. What it has indexed stays; the next sync goes on where it was.')
    .argument('<id>', 'the job')
    .addHelpText(
      'after',
      '\nExamples:\n  kms jobs cancel JOB\n\nA job that has ended already is printed as it is.',
    );
  addClientOptions(command).action((id: string, options: ClientOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const { job } = await connection.call((client, call) => client.cancelJob({ jobId: id }, call));
      printJob(io, present(job), options);
      return exitCodes.done;
    }),
  );
}

function readState(text: string, before: readonly JobState[]): readonly JobState[] {
  const state = jobStates.find((known) => known === text);
  if (state === undefined) throw new InvalidArgumentError(`must be one of ${jobStates.join(', ')}`);
  return before.includes(state) ? before : [...before, state];
}

async function jobOf(connection: Connection, jobId: string): Promise<Job__Output> {
  const { job } = await connection.call((client, call) => client.getJob({ jobId }, call));
  return present(job);
}

function present(job: Job__Output | null): Job__Output {
  if (job === null) throw new KmsError('internal', 'the engine sent an answer without the job');
  return job;
}

function printJob(io: CommandIo, job: Job__Output, { json }: ClientOptions): void {
  io.stdout.write(json ? `${safeJson(jobJson(job))}\n` : jobText(job));
}

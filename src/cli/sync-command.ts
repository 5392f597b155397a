// `kms sync SOURCE`: has the engine read a source, and looks at it until it is done.

import { type Command, Option } from 'commander';
import { KmsError } from '../base/errors.ts';
import type { Job__Output } from '../grpc/generated/kms/v1/Job.ts';
import { type JobPriority, jobPriorities, type SyncMode, syncModes } from '../model/job.ts';
import { exitCodes, say } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, addPatienceOption, type ClientOptions } from './common-options.ts';
import type { Connection } from './connection.ts';
import { jobJson, taskText } from './job-forms.ts';
import { watchJob } from './job-watch.ts';
import { safeJson, safeLine } from './safe-text.ts';

interface SyncOptions extends ClientOptions {
  readonly mode: SyncMode;
  readonly priority: JobPriority;
  readonly wait: boolean;
  readonly retryFor: number;
}

export function addSyncCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('sync')
    .description('Have the engine read a source into the index, as a job, and watch it.')
    .argument('<source>', 'its name in the file of sources; "kms source list" shows them')
    .addOption(
      new Option(
        '--mode <mode>',
        'incremental: what has changed; full: everything again, and remove what is gone; reconcile: only remove what is gone',
      )
        .choices(syncModes)
        .default('incremental'),
    )
    .addOption(
      new Option('--priority <priority>', 'its share beside other jobs')
        .choices(jobPriorities)
        .default('normal'),
    )
    .option('--no-wait', 'do not watch: print the job and end')
    .addHelpText('after', examples);
  addClientOptions(addPatienceOption(command)).action((source: string, options: SyncOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const job = await startSync(connection, source, options);
      if (!options.wait) {
        const line = `job ${safeLine(job.id)}, ${taskText(job)}`;
        io.stdout.write(`${options.json ? safeJson(jobJson(job)) : line}\n`);
        return exitCodes.done;
      }
      say(io, `job ${safeLine(job.id)}, ${taskText(job)}; Ctrl-C stops looking, not the job`);
      return watchJob(job, { connection, io, patienceMs: options.retryFor * 1000, isJson: options.json });
    }),
  );
}

const examples = `
Examples:
  kms sync cases                            # what has changed since the last time; the first time: everything
  kms sync cases --mode full --priority low # everything again, leaving the engine to others
  kms sync cases --mode reconcile           # find deleted rows
  kms sync cases --no-wait --json | jq -r .id

The job belongs to the engine: it goes on when this command ends or is interrupted, and after a restart of the engine.
"kms jobs" shows all jobs, "kms jobs watch ID" looks at one again, "kms jobs cancel ID" stops it.

Exit codes: 0 finished, 1 failed or stopped, 3 finished with rejected documents (see "kms dead-letters"), 130 interrupted
while the job goes on.`;

async function startSync(
  connection: Connection,
  source: string,
  { mode, priority }: SyncOptions,
): Promise<Job__Output> {
  const request = {
    source,
    mode: `SYNC_MODE_${mode.toUpperCase() as Uppercase<SyncMode>}`,
    priority: `JOB_PRIORITY_${priority.toUpperCase() as Uppercase<JobPriority>}`,
  } as const;
  const { job } = await connection
    .call((client, call) => client.startSync(request, call))
    .catch((error: unknown) => {
      throw withAdvice(error);
    });
  if (job === null) throw new KmsError('internal', 'the engine sent an answer without the job');
  return job;
}

/** A refusal that says what to do next. */
function withAdvice(error: unknown): unknown {
  if (!(error instanceof KmsError)) return error;
  const { code, message, facts, violations } = error;
  const jobId = facts['jobId'];
  if (code === 'failed_precondition' && jobId !== undefined) {
    return new KmsError(code, `${message} ("kms jobs watch ${jobId}" looks at it)`, { facts, violations });
  }
  if (code === 'not_found') {
    return new KmsError(code, `${message} ("kms status" shows them)`, { facts });
  }
  return error;
}

// Runs a sync, or waits for one that runs, to its end.

import type { Job__Output } from '../../src/grpc/generated/kms/v1/Job.ts';
import type { EngineProcess } from './engine-process.ts';

/** Resolves with the job when it has FINISHED; rejects when it ended in another way. Asks every `pollMs`. */
export async function finishedJob(
  { client }: Pick<EngineProcess, 'client'>,
  jobId: string,
  pollMs = 50,
): Promise<Job__Output> {
  for (;;) {
    const { job } = await client.getJob({ jobId });
    if (job === null) throw new Error(`there is no job ${jobId}`);
    if (job.state === 'JOB_STATE_FINISHED') return job;
    if (job.state !== 'JOB_STATE_QUEUED' && job.state !== 'JOB_STATE_STARTED')
      throw new Error(`the job ended as ${job.state}: ${JSON.stringify(job.fault)}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

export async function finishedSync(engine: EngineProcess, source: string): Promise<Job__Output> {
  const { job } = await engine.client.startSync({ source });
  return finishedJob(engine, job?.id ?? '');
}

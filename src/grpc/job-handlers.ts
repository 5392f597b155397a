// JobService.

import { limits } from '../model/limits.ts';
import type { JobsApi } from '../pipeline/engine-api.ts';
import { fillPage, sliceOf } from './fill-page.ts';
import type { CancelJobRequest__Output } from './generated/kms/v1/CancelJobRequest.ts';
import type { CancelJobResponse } from './generated/kms/v1/CancelJobResponse.ts';
import type { GetJobRequest__Output } from './generated/kms/v1/GetJobRequest.ts';
import type { GetJobResponse } from './generated/kms/v1/GetJobResponse.ts';
import type { JobServiceDefinition } from './generated/kms/v1/JobService.ts';
import type { ListJobsRequest__Output } from './generated/kms/v1/ListJobsRequest.ts';
import type { ListJobsResponse } from './generated/kms/v1/ListJobsResponse.ts';
import type { ListSourcesRequest__Output } from './generated/kms/v1/ListSourcesRequest.ts';
import type { ListSourcesResponse } from './generated/kms/v1/ListSourcesResponse.ts';
import type { StartSyncRequest__Output } from './generated/kms/v1/StartSyncRequest.ts';
import type { StartSyncResponse } from './generated/kms/v1/StartSyncResponse.ts';
import type { WatchJobRequest__Output } from './generated/kms/v1/WatchJobRequest.ts';
import type { WatchJobResponse } from './generated/kms/v1/WatchJobResponse.ts';
import type { InputFaults } from './input-faults.ts';
import { PageTokens, scopeOf } from './page-token.ts';
import type { RpcHost } from './rpc-host.ts';
import { serverStreamHandler } from './server-stream-handler.ts';
import { type UnaryAnswer, unaryHandler } from './unary-handler.ts';
import { countFromWire } from './wire-checks.ts';
import {
  jobBytesOf,
  jobFilterFromWire,
  jobIdFromWire,
  jobToWire,
  sourceToWire,
  startSyncFromWire,
} from './wire-job.ts';

const pageTokens = new PageTokens('ListJobs', 'filter');

export function jobHandlers(host: RpcHost): Record<keyof JobServiceDefinition, unknown> {
  // Asked for at each call: an engine that is starting may have no jobs yet.
  const jobs = () => host.engine.jobs;
  const unary = <Request, Response>(answer: UnaryAnswer<Request, Response>) =>
    unaryHandler(host, { needsReady: true }, answer);
  return {
    StartSync: unary<StartSyncRequest__Output, StartSyncResponse>(async (request, faults) => {
      const sync = startSyncFromWire(request, faults);
      faults.throwIfAny();
      return { job: jobToWire(await jobs().startSync(sync)) };
    }),
    GetJob: unary<GetJobRequest__Output, GetJobResponse>(async (request, faults) => {
      const id = jobIdFromWire(request, faults);
      faults.throwIfAny();
      return { job: jobToWire(jobs().get(id)) };
    }),
    ListJobs: unary<ListJobsRequest__Output, ListJobsResponse>((request, faults) =>
      listJobs(jobs(), request, faults),
    ),
    CancelJob: unary<CancelJobRequest__Output, CancelJobResponse>(async (request, faults) => {
      const id = jobIdFromWire(request, faults);
      faults.throwIfAny();
      return { job: jobToWire(await jobs().cancel(id)) };
    }),
    WatchJob: serverStreamHandler<WatchJobRequest__Output, WatchJobResponse>(
      host,
      (request, faults, signal) => {
        const id = jobIdFromWire(request, faults);
        faults.throwIfAny();
        return watchJob(jobs(), id, signal);
      },
    ),
    ListSources: unary<ListSourcesRequest__Output, ListSourcesResponse>(async () => {
      const sources = [...jobs().sources()].sort((a, b) => (a.name < b.name ? -1 : 1));
      return { sources: sources.map(sourceToWire) };
    }),
  };
}

async function* watchJob(
  jobs: JobsApi,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<WatchJobResponse, void> {
  for await (const job of jobs.watch(id, signal)) yield { job: jobToWire(job) };
}

async function listJobs(
  jobs: JobsApi,
  request: ListJobsRequest__Output,
  faults: InputFaults,
): Promise<ListJobsResponse> {
  const bounds = { max: limits.pageSizeMax, default: limits.pageSizeDefault };
  const pageSize = countFromWire<number>(request.pageSize, bounds, 'page_size', faults);
  const filter = jobFilterFromWire(request, faults);
  const scope = scopeOf(filter);
  const startId = pageTokens.decode(request.pageToken, scope, faults);
  faults.throwIfAny();
  const { items, lastId } = await fillPage({
    pageSize,
    startId,
    read: (beforeId, limit) => sliceOf(jobs.list({ ...filter, beforeId, limit }), limit),
    bytesOf: jobBytesOf,
  });
  return {
    jobs: items.map(jobToWire),
    nextPageToken: lastId === null ? '' : pageTokens.encode(scope, lastId),
  };
}

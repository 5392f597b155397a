// A typed client of the engine, for the command line, tests and benches; it speaks nothing but the public protos.

import {
  type CallOptions,
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  credentials,
  makeGenericClientConstructor,
  type requestCallback,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { limits } from '../model/limits.ts';
import type { AdminServiceClient } from './generated/kms/v1/AdminService.ts';
import type { DocumentServiceClient } from './generated/kms/v1/DocumentService.ts';
import type { ExportJudgementsRequest } from './generated/kms/v1/ExportJudgementsRequest.ts';
import type { ExportJudgementsResponse__Output } from './generated/kms/v1/ExportJudgementsResponse.ts';
import type { IngestRequest } from './generated/kms/v1/IngestRequest.ts';
import type { IngestResponse__Output } from './generated/kms/v1/IngestResponse.ts';
import type { IngestServiceClient } from './generated/kms/v1/IngestService.ts';
import type { JobServiceClient } from './generated/kms/v1/JobService.ts';
import type { ReembedServiceClient } from './generated/kms/v1/ReembedService.ts';
import type { SearchServiceClient } from './generated/kms/v1/SearchService.ts';
import type { SearchStreamRequest } from './generated/kms/v1/SearchStreamRequest.ts';
import type { SearchStreamResponse__Output } from './generated/kms/v1/SearchStreamResponse.ts';
import type { WatchJobRequest } from './generated/kms/v1/WatchJobRequest.ts';
import type { WatchJobResponse__Output } from './generated/kms/v1/WatchJobResponse.ts';
import { decodeRpcDetails, type RpcDetails } from './rpc-details.ts';
import { serviceDefinitions, serviceNames } from './service-definitions.ts';
import { detailsBytesOf } from './status.ts';

export interface KmsCallOptions {
  /** From now. Default: no deadline. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface KmsClientOptions {
  readonly clock?: Clock;
  /** Added to, and stronger than, the client's own. */
  readonly channelOptions?: ChannelOptions;
}

type Unary<Request, Reply> = (request: Request, options?: KmsCallOptions) => Promise<Reply>;
type Callback<Reply> = (error: ServiceError | null, reply?: Reply) => void;
type RawUnary<Request, Reply> = (
  request: Request,
  options: CallOptions,
  callback: Callback<Reply>,
) => ClientUnaryCall;

// A generated method has four overloads; inference takes the last one, (request, callback).
type UnaryOf<Method> = Method extends (
  request: infer Request,
  callback: requestCallback<infer Reply>,
) => unknown
  ? Unary<Request, Reply>
  : never;

/** The unary methods of a service that the client offers, each as a function that gives a promise. */
type UnaryCalls<Stub, Name extends keyof Stub> = { readonly [Method in Name]: UnaryOf<Stub[Method]> };

const documentMethods = [
  'getDocument',
  'listDocuments',
  'upsertDocument',
  'batchUpsertDocuments',
  'deleteDocument',
] as const;
const searchMethods = ['search', 'findSimilar', 'batchSearch', 'recordFeedback'] as const;
const jobMethods = ['startSync', 'getJob', 'listJobs', 'cancelJob', 'listSources'] as const;
const reembedMethods = [
  'estimateReembed',
  'startReembed',
  'getReembed',
  'switchReembed',
  'rollbackReembed',
  'dropGeneration',
] as const;
const adminMethods = [
  'getStatus',
  'createSnapshot',
  'listDeadLetters',
  'retryDeadLetters',
  'purgeDeadLetters',
  'getSearchReport',
] as const;

type ServiceCalls = UnaryCalls<DocumentServiceClient, (typeof documentMethods)[number]> &
  UnaryCalls<SearchServiceClient, (typeof searchMethods)[number]> &
  UnaryCalls<JobServiceClient, (typeof jobMethods)[number]> &
  UnaryCalls<ReembedServiceClient, (typeof reembedMethods)[number]> &
  UnaryCalls<AdminServiceClient, (typeof adminMethods)[number]>;

export interface KmsClient extends ServiceCalls {
  /** Opens a stream of documents. Read while you write, and wait for 'drain' when `write` returns false. */
  ingest(options?: KmsCallOptions): ClientDuplexStream<IngestRequest, IngestResponse__Output>;
  searchStream(
    options?: KmsCallOptions,
  ): ClientDuplexStream<SearchStreamRequest, SearchStreamResponse__Output>;
  /** Ends with the job. Cancelling it leaves the job alone. */
  watchJob(
    request: WatchJobRequest,
    options?: KmsCallOptions,
  ): ClientReadableStream<WatchJobResponse__Output>;
  exportJudgements(
    request: ExportJudgementsRequest,
    options?: KmsCallOptions,
  ): ClientReadableStream<ExportJudgementsResponse__Output>;
  /** `''`: the whole server. */
  readonly checkHealth: Unary<{ readonly service: string }, { readonly status: string }>;
  /** Resolves when the connection stands; rejects after `timeoutMs`. */
  waitForReady(timeoutMs: number): Promise<void>;
  close(): void;
}

/** The settings that docs/grpc.md recommends. */
const channelOptionsDefault: ChannelOptions = {
  // grpc-js sends even 127.0.0.1 through a proxy that the environment names; an engine is reached directly.
  'grpc.enable_http_proxy': 0,
  'grpc.max_receive_message_length': limits.messageBytesMax,
  'grpc.max_send_message_length': limits.messageBytesMax,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
};

/** One connection to `address` (`host:port`), without encryption; it opens with the first call. */
export function createKmsClient(address: string, options: KmsClientOptions = {}): KmsClient {
  const clock = options.clock ?? systemClock;
  const insecure = credentials.createInsecure();
  const root = new Client(address, insecure, { ...channelOptionsDefault, ...options.channelOptions });
  const channelOverride = root.getChannel();
  const stub = <Stub>(definition: ServiceDefinition, name: string) => {
    const Constructor = makeGenericClientConstructor(definition, name);
    return new Constructor(address, insecure, { channelOverride }) as unknown as Stub;
  };
  const documents = stub<DocumentServiceClient>(serviceDefinitions.document, serviceNames.document);
  const searches = stub<SearchServiceClient>(serviceDefinitions.search, serviceNames.search);
  const jobs = stub<JobServiceClient>(serviceDefinitions.job, serviceNames.job);
  const reembeds = stub<ReembedServiceClient>(serviceDefinitions.reembed, serviceNames.reembed);
  const admin = stub<AdminServiceClient>(serviceDefinitions.admin, serviceNames.admin);
  const ingest = stub<IngestServiceClient>(serviceDefinitions.ingest, serviceNames.ingest);
  const health = stub<Record<'check', unknown>>(healthService as ServiceDefinition, 'grpc.health.v1.Health');

  return {
    ...unaryCalls(documents, documentMethods, clock),
    ...unaryCalls(searches, searchMethods, clock),
    ...unaryCalls(jobs, jobMethods, clock),
    ...unaryCalls(reembeds, reembedMethods, clock),
    ...unaryCalls(admin, adminMethods, clock),
    ingest: (call = {}) => abortable(ingest.ingest(toCallOptions(call, clock)), call.signal),
    searchStream: (call = {}) => abortable(searches.searchStream(toCallOptions(call, clock)), call.signal),
    watchJob: (request, call = {}) =>
      abortable(jobs.watchJob(request, toCallOptions(call, clock)), call.signal),
    exportJudgements: (request, call = {}) =>
      abortable(admin.exportJudgements(request, toCallOptions(call, clock)), call.signal),
    checkHealth: promise(
      (health.check as RawUnary<{ service: string }, { status: string }>).bind(health),
      clock,
    ),
    waitForReady: (timeoutMs) =>
      new Promise((resolve, reject) => {
        root.waitForReady(clock.epochMs() + timeoutMs, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => root.close(),
  };
}

/** The status of a failed call with everything the engine said about it; null for errors that are no status. */
export function errorDetails(error: unknown): RpcDetails | null {
  if (!(error instanceof Error) || typeof (error as ServiceError).code !== 'number') return null;
  const { code, details } = error as ServiceError;
  const bytes = detailsBytesOf(error as ServiceError);
  if (bytes !== null) return decodeRpcDetails(bytes);
  return { code, message: details, reason: '', domain: '', metadata: {}, violations: [], retryDelayMs: null };
}

function toCallOptions({ timeoutMs }: KmsCallOptions, clock: Clock): CallOptions {
  return timeoutMs === undefined ? {} : { deadline: clock.epochMs() + timeoutMs };
}

function unaryCalls<Stub extends object, Name extends keyof Stub>(
  stub: Stub,
  names: readonly Name[],
  clock: Clock,
): UnaryCalls<Stub, Name> {
  const calls = names.map((name) => {
    const method = stub[name] as RawUnary<unknown, unknown>;
    return [name, promise(method.bind(stub), clock)] as const;
  });
  return Object.fromEntries(calls) as UnaryCalls<Stub, Name>;
}

function promise<Request, Reply>(method: RawUnary<Request, Reply>, clock: Clock): Unary<Request, Reply> {
  return (request, options = {}) =>
    new Promise((resolve, reject) => {
      const { signal } = options;
      const onAbort = () => call.cancel();
      const call = method(request, toCallOptions(options, clock), (error, reply) => {
        signal?.removeEventListener('abort', onAbort);
        if (error) reject(error);
        else resolve(reply as Reply);
      });
      if (signal?.aborted) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    });
}

function abortable<Stream extends { cancel(): void; once(event: 'status', listener: () => void): unknown }>(
  stream: Stream,
  signal: AbortSignal | undefined,
): Stream {
  if (signal === undefined) return stream;
  const onAbort = () => stream.cancel();
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  stream.once('status', () => signal.removeEventListener('abort', onAbort));
  return stream;
}

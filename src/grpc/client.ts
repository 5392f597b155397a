// A typed client of the engine, for the command line, tests and benches; it speaks nothing but the public protos.

import {
  type CallOptions,
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
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
import type { IngestRequest } from './generated/kms/v1/IngestRequest.ts';
import type { IngestResponse__Output } from './generated/kms/v1/IngestResponse.ts';
import type { IngestServiceClient } from './generated/kms/v1/IngestService.ts';
import type { SearchServiceClient } from './generated/kms/v1/SearchService.ts';
import type { SearchStreamRequest } from './generated/kms/v1/SearchStreamRequest.ts';
import type { SearchStreamResponse__Output } from './generated/kms/v1/SearchStreamResponse.ts';
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

export interface KmsClient {
  /** Opens a stream of documents. Read while you write, and wait for 'drain' when `write` returns false. */
  ingest(options?: KmsCallOptions): ClientDuplexStream<IngestRequest, IngestResponse__Output>;
  readonly getDocument: UnaryOf<DocumentServiceClient['getDocument']>;
  readonly listDocuments: UnaryOf<DocumentServiceClient['listDocuments']>;
  readonly upsertDocument: UnaryOf<DocumentServiceClient['upsertDocument']>;
  readonly batchUpsertDocuments: UnaryOf<DocumentServiceClient['batchUpsertDocuments']>;
  readonly deleteDocument: UnaryOf<DocumentServiceClient['deleteDocument']>;
  readonly search: UnaryOf<SearchServiceClient['search']>;
  readonly findSimilar: UnaryOf<SearchServiceClient['findSimilar']>;
  readonly batchSearch: UnaryOf<SearchServiceClient['batchSearch']>;
  searchStream(
    options?: KmsCallOptions,
  ): ClientDuplexStream<SearchStreamRequest, SearchStreamResponse__Output>;
  readonly getStatus: UnaryOf<AdminServiceClient['getStatus']>;
  readonly createSnapshot: UnaryOf<AdminServiceClient['createSnapshot']>;
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
  const admin = stub<AdminServiceClient>(serviceDefinitions.admin, serviceNames.admin);
  const ingest = stub<IngestServiceClient>(serviceDefinitions.ingest, serviceNames.ingest);
  const health = stub<Record<'check', unknown>>(healthService as ServiceDefinition, 'grpc.health.v1.Health');
  const promised = <Method>(target: object, method: unknown) =>
    promise((method as RawUnary<unknown, unknown>).bind(target), clock) as UnaryOf<Method>;

  return {
    ingest: (call = {}) => abortable(ingest.ingest(toCallOptions(call, clock)), call.signal),
    getDocument: promised<DocumentServiceClient['getDocument']>(documents, documents.getDocument),
    listDocuments: promised<DocumentServiceClient['listDocuments']>(documents, documents.listDocuments),
    upsertDocument: promised<DocumentServiceClient['upsertDocument']>(documents, documents.upsertDocument),
    batchUpsertDocuments: promised<DocumentServiceClient['batchUpsertDocuments']>(
      documents,
      documents.batchUpsertDocuments,
    ),
    deleteDocument: promised<DocumentServiceClient['deleteDocument']>(documents, documents.deleteDocument),
    search: promised<SearchServiceClient['search']>(searches, searches.search),
    findSimilar: promised<SearchServiceClient['findSimilar']>(searches, searches.findSimilar),
    batchSearch: promised<SearchServiceClient['batchSearch']>(searches, searches.batchSearch),
    searchStream: (call = {}) => abortable(searches.searchStream(toCallOptions(call, clock)), call.signal),
    getStatus: promised<AdminServiceClient['getStatus']>(admin, admin.getStatus),
    createSnapshot: promised<AdminServiceClient['createSnapshot']>(admin, admin.createSnapshot),
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

// The gRPC server: opens the port at once, serves data when the engine is ready, and drains without losing an
// acknowledgement.

import { setMaxListeners } from 'node:events';
import {
  type ChannelOptions,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { ActorLog } from '../actor/actor.ts';
import type { Clock } from '../base/clock.ts';
import { KmsError } from '../base/errors.ts';
import { limits } from '../model/limits.ts';
import type { EngineApi } from '../pipeline/engine-api.ts';
import { adminHandlers } from './admin-handlers.ts';
import { ByteBudget } from './byte-budget.ts';
import { documentHandlers } from './document-handlers.ts';
import type { GrpcMetrics } from './grpc-metrics.ts';
import { Health } from './health.ts';
import { ingestHandlers } from './ingest-handlers.ts';
import { jobHandlers } from './job-handlers.ts';
import { metricsInterceptor } from './metrics-interceptor.ts';
import { reembedHandlers } from './reembed-handlers.ts';
import { reflectionService } from './reflection.ts';
import type { RpcHost } from './rpc-host.ts';
import { searchHandlers } from './search-handlers.ts';
import { receiving, serviceDefinitions } from './service-definitions.ts';

export interface GrpcServerOptions {
  readonly engine: EngineApi;
  /** `host:port`; port 0 takes a free one. */
  readonly address: string;
  readonly log: ActorLog;
  readonly clock: Clock;
  readonly metrics: GrpcMetrics;
  /** Messages of one ingest stream that are worked on at once. Default: 8. */
  readonly ingestStreamMessages?: number;
  /** Requests that all calls together may hold. Default: 256 MiB, 16 messages of the largest size. */
  readonly requestBytesMax?: number;
}

export interface GrpcServer {
  /** Resolves when the port is open. Rejects with `failed_precondition` when it cannot be opened. */
  start(): Promise<{ readonly port: number }>;
  /**
   * Takes no new calls, lets each stream finish the requests that it holds, and resolves when the last call has ended,
   * or after `graceMs`, when the rest is cut off. Health says NOT_SERVING from the first moment.
   */
  drain(options: { readonly graceMs: number }): Promise<void>;
  /** Cuts off whatever is left and closes the port. */
  stop(): Promise<void>;
}

/** Explained in docs/grpc.md, together with the client settings that go with them. */
const channelOptions: ChannelOptions = {
  'grpc.max_receive_message_length': limits.messageBytesMax,
  'grpc.max_send_message_length': limits.messageBytesMax,
  'grpc.max_concurrent_streams': 256,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.max_connection_idle_ms': 30 * 60_000,
  'grpc.max_connection_age_ms': 2 * 60 * 60_000,
  'grpc.max_connection_age_grace_ms': 10 * 60_000,
};

/** Enough to keep the four stages busy; documented in ingest_service.proto. */
const ingestStreamMessagesDefault = 8;
const requestBytesMaxDefault = 16 * limits.messageBytesMax;

export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { engine, address, log, clock, metrics } = options;
  const draining = new AbortController();
  setMaxListeners(0, draining.signal); // one listener a stream
  const budget = new ByteBudget(options.requestBytesMax ?? requestBytesMaxDefault);
  const ingestStreamMessages = options.ingestStreamMessages ?? ingestStreamMessagesDefault;
  const drainSignal = draining.signal;
  const host: RpcHost = { engine, clock, log, metrics, budget, ingestStreamMessages, drainSignal };
  const health = new Health();
  const server = new Server({ ...channelOptions, interceptors: [metricsInterceptor(metrics, clock)] });
  addServices(server, host);
  health.addTo(server);
  reflectionService().addToServer(server);

  const showHealth = () => health.setServing(engine.readiness.state === 'ready' && !draining.signal.aborted);
  const stopListening = engine.readiness.onChange(showHealth);
  showHealth();

  return {
    start: async () => {
      const port = await bind(server, address);
      log.info({ address, port }, 'grpc server listens');
      return { port };
    },
    drain: async ({ graceMs }) => {
      if (draining.signal.aborted) return;
      draining.abort();
      showHealth();
      health.endWatches();
      const isCut = await shutDown(server, clock, graceMs);
      if (isCut) log.warn({ graceMs }, 'calls were cut off: they did not end in time');
    },
    stop: async () => {
      draining.abort();
      stopListening();
      server.forceShutdown();
    },
  };
}

function addServices(server: Server, host: RpcHost): void {
  const add = (definition: ServiceDefinition, handlers: Record<string, unknown>) =>
    server.addService(receiving(definition), handlers as UntypedServiceImplementation);
  add(serviceDefinitions.ingest, ingestHandlers(host));
  add(serviceDefinitions.document, documentHandlers(host));
  add(serviceDefinitions.search, searchHandlers(host));
  add(serviceDefinitions.job, jobHandlers(host));
  add(serviceDefinitions.reembed, reembedHandlers(host));
  add(serviceDefinitions.admin, adminHandlers(host));
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (cause, port) => {
      if (cause === null) resolve(port);
      else
        reject(
          new KmsError('failed_precondition', `cannot listen on ${address}: ${cause.message}`, { cause }),
        );
    });
  });
}

/** Says goodbye to every connection and waits for its calls; resolves to whether some had to be cut off. */
function shutDown(server: Server, clock: Clock, graceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(graceMs, () => {
      server.forceShutdown();
      resolve(true);
    });
    server.tryShutdown((error) => {
      timer.cancel();
      // The only error is a server that never listened: nothing to wait for.
      if (error !== undefined) server.forceShutdown();
      resolve(false);
    });
  });
}

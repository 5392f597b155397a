// A real gRPC server on a free port before an EngineModel, with a client and what the server logged and measured.

import { once } from 'node:events';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { ActorLog } from '../../src/actor/actor.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createKmsClient, errorDetails, type KmsClient } from '../../src/grpc/client.ts';
import type { GrpcMetrics } from '../../src/grpc/grpc-metrics.ts';
import type { RpcDetails } from '../../src/grpc/rpc-details.ts';
import { createGrpcServer, type GrpcServer } from '../../src/grpc/server.ts';
import type { EngineState } from '../../src/pipeline/engine-api.ts';
import { EngineModel } from './grpc-engine-model.ts';

export interface GrpcHarness {
  readonly engine: EngineModel;
  readonly server: GrpcServer;
  readonly client: KmsClient;
  readonly port: number;
  readonly address: string;
  /** Everything logged as an error. */
  readonly errors: object[];
  /** Events by kind and method, for example `handled Search OK`. */
  readonly counts: Map<string, number>;
  stop(): Promise<void>;
}

export async function startGrpcHarness(
  options: { readonly state?: EngineState; readonly requestBytesMax?: number } = {},
): Promise<GrpcHarness> {
  const engine = new EngineModel(options.state ?? 'ready');
  const errors: object[] = [];
  const quiet = () => {};
  const log: ActorLog = { debug: quiet, info: quiet, warn: quiet, error: (fields) => errors.push(fields) };
  const counts = new Map<string, number>();
  const count = (event: string) => counts.set(event, (counts.get(event) ?? 0) + 1);
  const metrics: GrpcMetrics = {
    callStarted: ({ grpc_method, grpc_type }) => count(`started ${grpc_method} ${grpc_type}`),
    callHandled: ({ grpc_method }, code) => count(`handled ${grpc_method} ${code}`),
    messageReceived: ({ grpc_method }) => count(`received ${grpc_method}`),
    messageSent: ({ grpc_method }) => count(`sent ${grpc_method}`),
    documentsRefused: (refused) => counts.set('refused', (counts.get('refused') ?? 0) + refused),
  };
  const server = createGrpcServer({
    engine,
    address: '127.0.0.1:0',
    log,
    clock: systemClock,
    metrics,
    ...(options.requestBytesMax === undefined ? {} : { requestBytesMax: options.requestBytesMax }),
  });
  const { port } = await server.start();
  const address = `127.0.0.1:${port}`;
  const client = createKmsClient(address, { channelOptions: { 'grpc.use_local_subchannel_pool': 1 } });
  const stop = async () => {
    client.close();
    await server.stop();
  };
  return { engine, server, client, port, address, errors, counts, stop };
}

/** The status that a call fails with; throws when it succeeds. */
export async function failureOf(call: Promise<unknown>): Promise<RpcDetails> {
  const error: unknown = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );
  const details = errorDetails(error);
  if (details === null) throw error;
  return details;
}

/** Writes all requests, half-closes, and collects the responses until the stream has ended well. */
export async function exchange<Request, Response>(
  stream: ClientDuplexStream<Request, Response>,
  requests: readonly Request[],
): Promise<Response[]> {
  const responses: Response[] = [];
  stream.on('data', (response: Response) => responses.push(response));
  const ended = once(stream, 'end');
  for (const request of requests) stream.write(request);
  stream.end();
  await ended;
  return responses;
}

export function floats(...values: number[]): Buffer {
  return Buffer.from(new Float32Array(values).buffer);
}

/** A promise and the function that resolves it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

// The composition root: builds every part, starts them in order, and stops them in reverse. Nothing else knows all
// parts.

import { readFileSync } from 'node:fs';
import { Supervisor } from './actor/supervisor.ts';
import type { SpawnThread } from './actor/thread-host.ts';
import type { Clock } from './base/clock.ts';
import { deferred } from './base/deferred.ts';
import type { KmsError } from './base/errors.ts';
import { formatAddress } from './config/network-address.ts';
import { type Settings, shardsForNewFolder } from './config/settings.ts';
import { minilmSpace } from './embedding/minilm/minilm-space.ts';
import { prometheusMetrics } from './grpc/prometheus-metrics.ts';
import { createGrpcServer, type GrpcServer } from './grpc/server.ts';
import { generationOf } from './model/vector-space.ts';
import type { Log } from './observability/logger.ts';
import type { Metrics } from './observability/metrics.ts';
import { OpsServer } from './observability/ops-server.ts';
import { CollectionRegistry } from './pipeline/collection-registry.ts';
import { DocumentCredits } from './pipeline/document-credits.ts';
import { actorObserver, flowMetrics, setGauges } from './pipeline/engine-metrics.ts';
import { EngineReadiness } from './pipeline/engine-readiness.ts';
import { IngestFlow } from './pipeline/ingest-flow.ts';
import { QueryFlow } from './pipeline/query-flow.ts';
import { RunningEngine } from './pipeline/running-engine.ts';
import { StageCalls } from './pipeline/stage-calls.ts';
import { addActors } from './pipeline/topology.ts';
import { cleanerVersion } from './stages/clean/cleaner-version.ts';
import { CommitSequence } from './storage/commit-sequence.ts';
import { openStateStore } from './storage/state-store.ts';
import { checkNativeBuild } from './vector/native-build.ts';

export interface EngineOptions {
  readonly settings: Settings;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** How threads are started; tests hold on to them. Default: real worker threads. */
  readonly spawn?: SpawnThread;
}

export interface Engine {
  /** Opens the ports at once; resolves when every shard has replayed its log and requests are served. */
  start(): Promise<void>;
  /** Finishes what is in flight (at most KMS_SHUTDOWN_TIMEOUT_MS), then closes everything. May be called at any time. */
  stop(): Promise<void>;
  /** Resolves, with the reason, only when the engine has given itself up and must be restarted. */
  readonly failure: Promise<unknown>;
  /** What is listened on, known once the ports are open. */
  readonly ports: { readonly grpc: number; readonly http: number };
}

/** Backoff between restarts of an actor: doubled from the first to the last, give or take a fifth. */
const backoff = { initialMs: 100, maxMs: 10_000, jitter: 0.2 };
/** Of the time for a stop, this share is for calls in flight; the rest is for the actors, which drain after them. */
const callsShare = 0.5;

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { settings, log, clock, metrics } = options;
  // Before any thread loads the addon: on a processor that it was not built for, it ends the process without a word.
  const instructionSet = checkNativeBuild();
  const space = minilmSpace(cleanerVersion);
  // Takes the folder's lock, so it comes before anything that could touch the data.
  const state = await openStateStore({
    dataDir: settings.dataDir,
    shards: settings.shards,
    shardsForNewFolder: shardsForNewFolder(settings.shards),
  });
  const { shardCount } = state;
  const failure = deferred<unknown>();
  let failureText: string | null = null;
  const supervisor = new Supervisor({
    clock,
    log: log.child({ part: 'supervisor' }),
    observer: actorObserver(metrics),
    intensity: { restartsMax: settings.restartsMax, periodMs: settings.restartsPeriodMs },
    backoff,
    strategy: 'one_for_one',
    onEscalate: (error: KmsError) => {
      failureText = error.message;
      failure.resolve(error);
    },
    ...(options.spawn === undefined ? {} : { spawn: options.spawn }),
  });
  const sequence = new CommitSequence();
  const actors = addActors({ supervisor, settings, space, shardCount, sequence: sequence.shared });
  const flows = createFlows();
  const readiness = new EngineReadiness();
  const engine = new RunningEngine({
    ...flows,
    supervisor,
    shards: actors.shards,
    space,
    readiness,
    version: packageVersion(),
    clock,
  });
  const grpc: GrpcServer = createGrpcServer({
    engine,
    address: formatAddress(settings.grpcAddress),
    log: log.child({ part: 'grpc' }),
    clock,
    metrics: prometheusMetrics(metrics),
    ingestStreamMessages: settings.ingestStreamMessages,
  });
  const ops = new OpsServer({
    address: settings.httpAddress,
    metrics,
    log: log.child({ part: 'ops' }),
    status: () => ({ state: readiness.state, failure: failureText }),
    replay: () => engine.replay(),
  });
  metrics.refreshBeforeScrape(async () => {
    const shards = await engine.shardStats();
    setGauges(metrics, { actors: supervisor.statuses(), shards });
  });
  const ports = { grpc: 0, http: 0 };

  function createFlows() {
    const collections = new CollectionRegistry({ store: state, space, epochMs: clock.epochMs });
    const reported = flowMetrics(metrics);
    const { dimensions } = space;
    const generation = generationOf(space);
    const stages = new StageCalls({ actors, generation, dimensions, clock, metrics: reported });
    const credits = new DocumentCredits(settings.ingestDocumentsInFlight);
    const ingestFlow = new IngestFlow({ stages, collections, credits, metrics: reported });
    const newestSequence = () => sequence.newest();
    const { embed, shards } = actors;
    const shared = { collections, dimensions, newestSequence, clock, metrics: reported };
    return { ingestFlow, queryFlow: new QueryFlow({ embed, shards, ...shared }) };
  }

  async function start(): Promise<void> {
    ports.http = (await ops.start()).port;
    ports.grpc = (await grpc.start()).port;
    const grpcAddress = formatAddress({ ...settings.grpcAddress, port: ports.grpc });
    const httpAddress = formatAddress({ ...settings.httpAddress, port: ports.http });
    log.info(
      { grpcAddress, httpAddress, dataDir: settings.dataDir, shards: shardCount, instructionSet },
      'engine listens',
    );
    const startMs = clock.nowMs();
    await supervisor.start();
    readiness.enter('ready');
    log.info(
      { startMs: Math.round(clock.nowMs() - startMs), generation: generationOf(space) },
      'engine is ready',
    );
  }

  async function stop(): Promise<void> {
    const startMs = clock.nowMs();
    const deadlineMs = startMs + settings.shutdownTimeoutMs;
    readiness.enter('draining');
    await grpc.drain({ graceMs: settings.shutdownTimeoutMs * callsShare });
    await supervisor.drain(deadlineMs);
    await grpc.stop();
    await state.close();
    readiness.enter('stopped');
    await ops.stop();
    log.info({ stopMs: Math.round(clock.nowMs() - startMs) }, 'engine has stopped');
  }

  let stopping: Promise<void> | null = null;
  return {
    start,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
    failure: failure.promise,
    ports,
  };
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

// The composition root: builds every part, starts them in order, and stops them in reverse. Nothing else knows all
// parts.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { SpawnThread } from './actor/thread-host.ts';
import type { Clock } from './base/clock.ts';
import { deferred } from './base/deferred.ts';
import { KmsError } from './base/errors.ts';
import { formatAddress } from './config/network-address.ts';
import { type Settings, shardsForNewFolder } from './config/settings.ts';
import { resolveSpace } from './embedding/embedding-spaces.ts';
import { miniLmKernel } from './embedding/minilm/minilm-addon.ts';
import { specOfSettings } from './embedding/spec-of-settings.ts';
import { prometheusMetrics } from './grpc/prometheus-metrics.ts';
import type { GrpcServer } from './grpc/server.ts';
import { generationOf } from './model/vector-space.ts';
import type { Log } from './observability/logger.ts';
import type { Metrics } from './observability/metrics.ts';
import { OpsServer } from './observability/ops-server.ts';
import { SearchAnalytics } from './pipeline/analytics/search-analytics.ts';
import { Background } from './pipeline/background.ts';
import { CollectionRegistry } from './pipeline/collection-registry.ts';
import { DocumentCredits } from './pipeline/document-credits.ts';
import { actorObserver, flowMetrics, setEmbeddingGauges, setGauges } from './pipeline/engine-metrics.ts';
import { EngineReadiness } from './pipeline/engine-readiness.ts';
import { IngestFlow } from './pipeline/ingest-flow.ts';
import { KeyTurns } from './pipeline/key-turns.ts';
import { addKnownSpaces, startServingSpaces } from './pipeline/known-spaces.ts';
import { watchMainThread } from './pipeline/main-thread-metrics.ts';
import { QueryFlow } from './pipeline/query-flow.ts';
import { CollectionFollowers } from './pipeline/reembed/collection-followers.ts';
import { Reembed } from './pipeline/reembed/reembed.ts';
import { RunningEngine } from './pipeline/running-engine.ts';
import { SpaceHost } from './pipeline/space-host.ts';
import { SpaceRuntimes } from './pipeline/space-runtimes.ts';
import { loadSynonyms } from './pipeline/understanding/load-synonyms.ts';
import { openSources } from './sources/open-sources.ts';
import type { SyncSource } from './sources/sync-source.ts';
import { cleanerVersion } from './stages/clean/cleaner-version.ts';
import { CommitSequence } from './storage/commit-sequence.ts';
import { openSearchLog } from './storage/search-log-store.ts';
import { openStateStore } from './storage/state-store.ts';
import { nativeBuild } from './vector/native-build.ts';

export interface EngineOptions {
  readonly settings: Settings;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** How threads are started; tests hold on to them. Default: real worker threads. */
  readonly spawn?: SpawnThread;
  /** What the jobs read. Default: what the sources file says. */
  readonly sources?: readonly SyncSource[];
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
  // First of all: without the addons nothing else is worth starting.
  const build = nativeBuild();
  const inference = miniLmKernel();
  const spec = specOfSettings(settings);
  const space = await resolveSpace(spec, cleanerVersion);
  const sources = options.sources ?? (await openSources(settings.sourcesFile, { env: process.env, clock }));
  const synonyms = await loadSynonyms(settings.synonymsFile);
  const reranker = await openRerankerIfAny(options);
  // Takes the folder's lock, so it comes before anything that could touch the data.
  const state = await openStateStore({
    dataDir: settings.dataDir,
    shards: settings.shards,
    shardsForNewFolder: shardsForNewFolder(settings.shards),
  }).catch(async (error: unknown) => {
    await reranker?.close();
    throw error;
  });
  const { shardCount } = state;
  const failure = deferred<unknown>();
  let failureText: string | null = null;
  const giveUp = (error: KmsError) => {
    failureText = error.message;
    failure.resolve(error);
  };
  const sequence = new CommitSequence();
  const reported = flowMetrics(metrics);
  const spaces = new SpaceRuntimes();
  const collections = new CollectionRegistry({ store: state, space, epochMs: clock.epochMs });
  const host = new SpaceHost({
    settings,
    store: state,
    spaces,
    supervision: {
      clock,
      log: log.child({ part: 'supervisor' }),
      observer: actorObserver(metrics),
      intensity: { restartsMax: settings.restartsMax, periodMs: settings.restartsPeriodMs },
      backoff,
      strategy: 'one_for_one',
      ...(options.spawn === undefined ? {} : { spawn: options.spawn }),
    },
    sequence: sequence.shared,
    clock,
    log,
    metrics: reported,
    language: { synonyms, reranker },
    onFailure: (generation, error) => {
      const isServing = [...collections.servingGenerations, generationOf(space)].includes(generation);
      if (isServing) giveUp(error);
      else log.error({ generation, fault: error.message }, 'a second generation was given up');
    },
  });
  let analytics: SearchAnalytics;
  try {
    await addKnownSpaces({ generation: generationOf(space), spec }, { host, store: state, collections, log });
    analytics = await createAnalytics();
  } catch (error) {
    await Promise.all([reranker?.close(), state.close()]);
    throw error;
  }
  const { flows, reembed } = createFlows();
  const readiness = new EngineReadiness();
  const version = packageVersion();
  const background = new Background({
    state,
    sources,
    line: flows.ingestFlow,
    readiness,
    machine: {
      cores: availableParallelism(),
      documentsInFlightMax: settings.ingestDocumentsInFlight,
      provider: spec.provider,
    },
    clock,
    random: Math.random,
    log,
    metrics,
  });
  const engine = new RunningEngine({
    ...flows,
    collections,
    spaces,
    host,
    reembed,
    analytics,
    background,
    space,
    readiness,
    version,
    clock,
  });
  const ops = new OpsServer({
    address: settings.httpAddress,
    metrics,
    log: log.child({ part: 'ops' }),
    status: () => ({ state: readiness.state, failure: failureText }),
    replay: () => engine.replay(),
  });
  const mainThread = watchMainThread(metrics);
  const { instructionSet: instruction_set, kernel } = build;
  const node = process.versions.node;
  metrics.set('kms_build_info', 1, { version, node, instruction_set, kernel, inference });
  metrics.refreshBeforeScrape(async () => {
    mainThread.refresh();
    setGauges(metrics, { actors: host.statuses(), shards: await host.shardStats() });
    setEmbeddingGauges(metrics, await host.embedStats());
    await background.refreshMetrics();
    metrics.set('kms_analytics_searches', analytics.stored);
  });
  const ports = { grpc: 0, http: 0 };
  let grpc: GrpcServer | null = null;

  async function createAnalytics(): Promise<SearchAnalytics> {
    const { analyticsDays: days, analyticsTexts, analyticsSlowMs, analyticsSearchesMax } = settings;
    return new SearchAnalytics({
      store: days === 0 ? null : await openSearchLog(settings.dataDir, clock),
      days,
      keepsTexts: analyticsTexts === 'true',
      slowMs: analyticsSlowMs,
      searchesMax: analyticsSearchesMax,
      clock,
      log: log.child({ part: 'analytics' }),
      onDropped: (searches) => metrics.count('kms_analytics_dropped_total', searches),
      onFeedback: (kind) => metrics.count('kms_search_feedback_total', 1, { kind }),
    });
  }

  function createFlows() {
    const turns = new KeyTurns();
    const part = log.child({ part: 'reembed' });
    const followers = new CollectionFollowers({ collections, spaces, turns, clock, log: part });
    const credits = new DocumentCredits(settings.ingestDocumentsInFlight);
    const ingestFlow = new IngestFlow({ spaces, collections, followers, turns, credits, metrics: reported });
    const newestSequence = () => sequence.newest();
    const queryFlow = new QueryFlow({ spaces, collections, newestSequence, observer: analytics });
    const moved = { collections, spaces, followers, host, store: state, settings, clock, log: part };
    return { flows: { ingestFlow, queryFlow }, reembed: new Reembed(moved) };
  }

  /** Loading the server and its protos takes a quarter of a second, in which the threads are at work already. */
  async function openGrpc(): Promise<{ readonly port: number }> {
    const { createGrpcServer } = await import('./grpc/server.ts');
    checkNotStopped();
    grpc = createGrpcServer({
      engine,
      address: formatAddress(settings.grpcAddress),
      log: log.child({ part: 'grpc' }),
      clock,
      metrics: prometheusMetrics(metrics),
      ingestStreamMessages: settings.ingestStreamMessages,
    });
    return grpc.start();
  }

  function checkNotStopped(): void {
    if (stopping !== null) throw new KmsError('unavailable', 'the engine was stopped while it started');
  }

  async function start(): Promise<void> {
    const startMs = clock.nowMs();
    ports.http = (await ops.start()).port;
    const spacesUp = startServingSpaces({ host, spaces, collections });
    // Awaited below; a port that cannot be opened is told first.
    spacesUp.catch(() => undefined);
    ports.grpc = (await openGrpc()).port;
    const grpcAddress = formatAddress({ ...settings.grpcAddress, port: ports.grpc });
    const httpAddress = formatAddress({ ...settings.httpAddress, port: ports.http });
    log.info(
      { grpcAddress, httpAddress, dataDir: settings.dataDir, shards: shardCount, kernel, inference },
      'engine listens',
    );
    await spacesUp;
    // Spaces that were up before a stop came do not reject, and jobs would begin on a store that is closed.
    checkNotStopped();
    readiness.enter('ready');
    reembed.resume();
    background.start();
    log.info(
      { startMs: Math.round(clock.nowMs() - startMs), generation: generationOf(space) },
      'engine is ready',
    );
  }

  async function stop(): Promise<void> {
    const startMs = clock.nowMs();
    const deadlineMs = startMs + settings.shutdownTimeoutMs;
    readiness.enter('draining');
    const graceMs = settings.shutdownTimeoutMs * callsShare;
    // Together: who watches a job is told at once that the engine stops, and the calls can end.
    await Promise.all([background.stop({ graceMs }), grpc?.drain({ graceMs })]);
    await reembed.stop();
    await host.drain(deadlineMs);
    await grpc?.stop();
    await Promise.all([analytics.close(), reranker?.close()]);
    await state.close();
    readiness.enter('stopped');
    await ops.stop();
    mainThread.stop();
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

async function openRerankerIfAny({ settings, clock, log }: EngineOptions) {
  const { rerankFolder: folder } = settings;
  if (folder === '') return null;
  const { openReranker } = await import('./embedding/cross-encoder/reranker.ts');
  return openReranker({ folder, threads: rerankThreads(), clock, log });
}

/** One core in four, as embedding needs the others: it serves each query, this only those that ask for it. */
function rerankThreads(): number {
  return availableParallelism() >= 8 ? 2 : 1;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

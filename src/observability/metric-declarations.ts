// Every metric of the engine, declared once: names, labels and help as Prometheus shows them. Base units only, counters
// end in `_total`, and a label takes few, bounded values: never an id, never a collection.

export interface MetricDeclaration {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, ascending, seconds. */
  readonly buckets?: readonly number[];
}

/** 50 µs is a search in a small graph; 10 s is a bulk batch behind a full tail. */
const stageBuckets = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** A minor collection takes 0.2 to 3 ms; 10 ms is what a whole search may take. */
const pauseBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];

const rpcLabels = ['grpc_type', 'grpc_service', 'grpc_method'] as const;

export const metricDeclarations = {
  // ── what runs ──
  kms_build_info: {
    kind: 'gauge',
    help: 'Always 1; the labels say which version runs, on which Node, with which build of the index addon, which distance kernel and which inference of the built-in model.',
    labels: ['version', 'node', 'instruction_set', 'kernel', 'inference'],
  },

  // ── gRPC server, by the names that dashboards for other languages already know ──
  grpc_server_started_total: {
    kind: 'counter',
    help: 'RPCs started on the server.',
    labels: rpcLabels,
  },
  grpc_server_handled_total: {
    kind: 'counter',
    help: 'RPCs completed on the server, by status code.',
    labels: [...rpcLabels, 'grpc_code'],
  },
  grpc_server_msg_received_total: {
    kind: 'counter',
    help: 'Messages received from clients.',
    labels: rpcLabels,
  },
  grpc_server_msg_sent_total: {
    kind: 'counter',
    help: 'Messages sent to clients.',
    labels: rpcLabels,
  },
  grpc_server_handling_seconds: {
    kind: 'histogram',
    help: 'Time from the start of an RPC to its status.',
    labels: [...rpcLabels, 'grpc_code'],
    buckets: stageBuckets,
  },

  // ── the way of a document, the way of a query ──
  kms_ingest_documents_total: {
    kind: 'counter',
    help: 'Documents by what became of them: indexed, unchanged, rejected, deleted.',
    labels: ['outcome'],
  },
  kms_stage_seconds: {
    kind: 'histogram',
    help: 'Time of one batch in a stage of ingest, waiting for the actor included.',
    labels: ['stage'],
    buckets: stageBuckets,
  },
  kms_search_stage_seconds: {
    kind: 'histogram',
    help: 'Time of one query in a stage of search, waiting for the actor included.',
    labels: ['stage'],
    buckets: stageBuckets,
  },
  kms_searches_total: {
    kind: 'counter',
    help: 'Searches that were answered, by mode: semantic, lexical, hybrid.',
    labels: ['mode'],
  },
  kms_search_zero_results_total: {
    kind: 'counter',
    help: 'Searches that were answered with no hit, by mode.',
    labels: ['mode'],
  },
  kms_search_filter_plans_total: {
    kind: 'counter',
    help: 'Searches that were answered, by how their filter was applied: none, scan, graph, fallback.',
    labels: ['plan'],
  },
  kms_search_degraded_total: {
    kind: 'counter',
    help: 'Searches of mode hybrid that were answered by words alone, because the embedding model was out of reach.',
    labels: [],
  },

  // ── actors and their threads ──
  kms_actor_mailbox_depth: {
    kind: 'gauge',
    help: 'Asks that wait for a credit of an actor.',
    labels: ['actor'],
  },
  kms_actor_wait_seconds_total: {
    kind: 'counter',
    help: 'Time from an ask until its handler began.',
    labels: ['actor'],
  },
  kms_actor_work_seconds_total: {
    kind: 'counter',
    help: 'Time in handlers, without the urgent tasks served in between.',
    labels: ['actor'],
  },
  kms_actor_restarts_total: {
    kind: 'counter',
    help: 'Restarts of an actor by the supervisor, by reason.',
    labels: ['actor', 'reason'],
  },
  kms_thread_event_loop_lag_seconds: {
    kind: 'gauge',
    help: 'Delay of the event loop of an actor’s thread, 99th percentile of the last second; of the main thread since the last scrape.',
    labels: ['actor'],
  },
  kms_gc_pause_seconds: {
    kind: 'histogram',
    help: 'Pauses of a thread by its garbage collector, by kind: minor, major, incremental, weakcb.',
    labels: ['actor', 'kind'],
    buckets: pauseBuckets,
  },
  kms_thread_heap_bytes: {
    kind: 'gauge',
    help: 'JavaScript heap in use by an actor’s thread, or by the main one.',
    labels: ['actor'],
  },

  // ── embedding ──
  kms_embedding_cache_hits_total: {
    kind: 'counter',
    help: 'Texts whose embedding came from the cache.',
    labels: [],
  },
  kms_embedding_cache_misses_total: {
    kind: 'counter',
    help: 'Texts that went through the model.',
    labels: [],
  },
  kms_embedding_tokens_total: {
    kind: 'counter',
    help: 'Tokens that went through the model.',
    labels: [],
  },

  kms_embedding_requests_total: {
    kind: 'counter',
    help: 'Requests to an embedding service by outcome: rows, limited, too_large, refused, failed, unusable, cancelled.',
    labels: ['outcome'],
  },
  kms_embedding_cost_dollars_total: {
    kind: 'counter',
    help: 'US dollars for embeddings, by the tokens that the service counted and the price in the settings.',
    labels: [],
  },
  kms_embedding_throttled_seconds_total: {
    kind: 'counter',
    help: 'Time that requests to an embedding service waited to be sent: rate limits, Retry-After, the circuit breaker.',
    labels: [],
  },
  kms_embedding_breaker_changes_total: {
    kind: 'counter',
    help: 'Changes of the circuit breaker before an embedding service, by the new state: open, half_open, closed.',
    labels: ['state'],
  },
  kms_embedding_breaker_open: {
    kind: 'gauge',
    help: 'Whether the circuit breaker before an embedding service keeps requests back: 1 while it does, else 0.',
    labels: [],
  },
  kms_embedding_budget_left_dollars: {
    kind: 'gauge',
    help: 'US dollars left of the day’s budget for embeddings; absent without a budget.',
    labels: [],
  },

  // ── analytics of searches ──
  kms_search_feedback_total: {
    kind: 'counter',
    help: 'Feedback on hits by kind: clicked, solved, not_relevant.',
    labels: ['kind'],
  },
  kms_analytics_searches: {
    kind: 'gauge',
    help: 'Searches that are remembered.',
    labels: [],
  },
  kms_analytics_dropped_total: {
    kind: 'counter',
    help: 'Searches that were not remembered, or forgotten before their time, because there were too many or the disk refused them.',
    labels: [],
  },

  // ── jobs, dead letters and sources ──
  kms_jobs: {
    kind: 'gauge',
    help: 'Jobs that are remembered, by state: queued, started, finished, failed, stopped.',
    labels: ['state'],
  },
  kms_job_documents_total: {
    kind: 'counter',
    help: 'Documents of jobs by what became of them: indexed, unchanged, deleted, rejected. Work repeated after a fault counts again.',
    labels: ['source', 'outcome'],
  },
  kms_dead_letters: {
    kind: 'gauge',
    help: 'Documents that could not be indexed and wait for somebody to look at them.',
    labels: [],
  },
  kms_source_synced_timestamp_seconds: {
    kind: 'gauge',
    help: 'When a source was last read to its end, seconds since 1970; absent before the first time.',
    labels: ['source'],
  },
  kms_source_stat: {
    kind: 'gauge',
    help: 'What a source says about itself, by name, such as how many bytes of log a replication slot holds back.',
    labels: ['source', 'stat'],
  },

  // ── index and store ──
  kms_index_vectors: {
    kind: 'gauge',
    help: 'Live vectors of a shard, by part: graph or tail.',
    labels: ['shard', 'part'],
  },
  kms_index_tombstones: {
    kind: 'gauge',
    help: 'Deleted vectors that still take room in a graph.',
    labels: ['shard'],
  },
  kms_index_commits_waiting: {
    kind: 'gauge',
    help: 'Commits that wait for room in the tail: above 0, insertions into the graph are what limits ingest.',
    labels: ['shard'],
  },
  kms_index_bytes: {
    kind: 'gauge',
    help: 'Memory of a shard’s vectors and their graphs, about, by part: graph or tail. Words: kms_index_lexical_bytes.',
    labels: ['shard', 'part'],
  },
  kms_index_cold_collections: {
    kind: 'gauge',
    help: 'Collections of a shard that are not in memory now: their next search loads them.',
    labels: ['shard'],
  },
  kms_index_releases_total: {
    kind: 'counter',
    help: 'Collections released from memory because the index took more than KMS_INDEX_MEMORY_MAX_BYTES.',
    labels: [],
  },
  kms_index_load_seconds: {
    kind: 'histogram',
    help: 'Time to load a collection that had been released: what the searches of it waited for.',
    labels: [],
    buckets: stageBuckets,
  },
  kms_index_lexical_documents: {
    kind: 'gauge',
    help: 'Documents of a shard that can be found by their words.',
    labels: ['shard'],
  },
  kms_index_lexical_segments: {
    kind: 'gauge',
    help: 'Segments of words in a shard: rising without end, merging does not keep up with ingest.',
    labels: ['shard'],
  },
  kms_index_lexical_bytes: {
    kind: 'gauge',
    help: 'Memory that the words of a shard take.',
    labels: ['shard'],
  },
  kms_lmdb_used_bytes: {
    kind: 'gauge',
    help: 'Bytes in use in a shard’s store.',
    labels: ['shard'],
  },
  kms_lmdb_map_bytes: {
    kind: 'gauge',
    help: 'Bytes a shard’s store may grow to.',
    labels: ['shard'],
  },
} as const satisfies Record<string, MetricDeclaration>;

export type MetricName = keyof typeof metricDeclarations;

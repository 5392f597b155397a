// Every setting of the engine, in one table: the environment variable is `KMS_` and the key in capitals, the flag is
// the key in kebab case. `readSettings`, `kms serve --help` and the README's table are all made from it.

import type { SettingSpec } from './setting-kinds.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export const settingsSchema = {
  grpcAddress: {
    kind: 'address',
    default: '127.0.0.1:50051',
    description:
      'Where gRPC listens; also where the other commands look for it. Set 0.0.0.0:50051 to serve other machines, behind a network you trust.',
  },
  httpAddress: {
    kind: 'address',
    default: '127.0.0.1:9464',
    description: 'Where /metrics, /healthz and /readyz listen. Open it to your monitoring, not to the world.',
  },
  dataDir: {
    kind: 'path',
    default: './data',
    description:
      'The folder with everything the engine keeps. Put it on a local SSD: each commit waits for its fsync.',
  },
  sourcesFile: {
    kind: 'path',
    default: './kms-sources.yaml',
    description:
      'The file that declares what the engine pulls from: PostgreSQL tables, JSON Lines and CSV files. Only the default one may be missing.',
  },
  logLevel: {
    kind: 'choice',
    choices: logLevels,
    default: 'info',
    description: 'The least important log line that is written. `debug` while you look for a fault.',
  },
  shards: {
    kind: 'integer',
    min: 0,
    max: 64,
    default: '0',
    description:
      'Index threads; 0: cores - 1, within 1..8. Fixed when the data folder is made: decide before the first document, for the machine it will live on.',
  },
  embedProvider: {
    kind: 'choice',
    choices: ['minilm', 'static', 'onnx', 'openai'],
    default: 'minilm',
    description:
      'Who embeds new collections: the built-in model, its token vectors alone (static: much faster, finds less), an ONNX folder, or a service that speaks the OpenAI API (OPENAI_BASE_URL, OPENAI_API_KEY). Existing collections keep their model.',
  },
  embedModel: {
    kind: 'text',
    default: '',
    description:
      'minilm: int8 (default) or fp32. static: empty. onnx: the folder of a sentence-transformer export. openai: the model, by default text-embedding-3-small.',
  },
  embedDimensions: {
    kind: 'integer',
    min: 0,
    max: 4_096,
    default: '0',
    description:
      "openai: the length of the vectors; 0: the model's own. Lower it to save memory with models that can shorten; name it for models that the engine does not know.",
  },
  embedRequestsPerMinute: {
    kind: 'integer',
    min: 0,
    max: 1_000_000,
    default: '0',
    description:
      'openai: requests within any minute, all callers together, those refused with 429 not counted; 0: no limit of ours.',
  },
  embedTokensPerMinute: {
    kind: 'integer',
    min: 0,
    max: 1_000_000_000,
    default: '0',
    description: 'openai: tokens sent within any minute, all callers together; 0: no limit of ours.',
  },
  embedBudgetPerDay: {
    kind: 'decimal',
    min: 0,
    max: 1_000_000,
    default: '0',
    description:
      'openai: US dollars a day (UTC) after which documents wait for the next day while queries go on; 0: no cap.',
  },
  embedPricePerMillionTokens: {
    kind: 'decimal',
    min: 0,
    max: 10_000,
    default: '0',
    description:
      "openai: US dollars for a million tokens; 0: the list price of OpenAI's own models, nothing for others.",
  },
  embedThreadsMin: {
    kind: 'integer',
    min: 1,
    max: 64,
    default: '1',
    description:
      'Inference threads that stay when there is nothing to embed. Raise it when bulk loads come in short bursts.',
  },
  embedThreadsMax: {
    kind: 'integer',
    min: 0,
    max: 64,
    default: '0',
    description:
      'Inference threads under load; 0: cores - 1, at least 1. Lower it when the machine has other work; above the cores it only costs.',
  },
  embedCacheBytes: {
    kind: 'bytes',
    min: 2 ** 20,
    max: 2 ** 40,
    default: '1GiB',
    description:
      'Disk for embeddings that were paid for once. Raise it when re-ingested texts are embedded again.',
  },
  indexM: {
    kind: 'integer',
    min: 4,
    max: 64,
    default: '16',
    description:
      'HNSW links a point (M). Raise it for more recall with hard data, at the price of memory and insertions.',
  },
  indexEfConstruction: {
    kind: 'integer',
    min: 16,
    max: 1_000,
    default: '100',
    description:
      'HNSW search width while inserting. 200 gives .003 more recall and half the insertions a second.',
  },
  searchEf: {
    kind: 'integer',
    min: 10,
    max: 4_096,
    default: '64',
    description:
      'HNSW search width of a query that names none. 96 for recall@10 above .99, at the price of latency.',
  },
  synonymsFile: {
    kind: 'text',
    default: '',
    description:
      'The dictionary of synonyms and acronyms (YAML) that searches look for as well, at a low weight; empty: none. Read at start.',
  },
  rerankFolder: {
    kind: 'text',
    default: '',
    description:
      'The folder of a cross-encoder (ONNX) that reorders the first hits of searches that ask for it; empty: none. It takes one or two threads and the memory of its model.',
  },
  indexTailMax: {
    kind: 'integer',
    min: 100,
    max: 100_000,
    default: '10000',
    description:
      'Vectors a shard scans exactly until they are in the graph; a full tail slows ingest down. Bursts may fill it, a load that goes on for seconds gets an eighth. Raise it to take longer bursts, each query meanwhile scans more.',
  },
  indexExactMax: {
    kind: 'integer',
    min: 0,
    max: 100_000,
    default: '1000',
    description: 'A collection of up to this many vectors in a shard is scanned exactly and has no graph.',
  },
  indexMemoryMaxBytes: {
    kind: 'bytes',
    min: 0,
    max: 2 ** 50,
    default: '0',
    description:
      "Memory for graphs and tails, all shards together; 0: half of the machine's, or of the container's limit. Above it, collections that were not used for longest are released and loaded again by their next search, which then takes longer. Lower it where other processes need the memory.",
  },
  snapshotChanges: {
    kind: 'integer',
    min: 100,
    max: 10_000_000,
    default: '10000',
    description:
      'Changes between two snapshots of a shard. Lower it for a faster start after a crash, at the price of disk writes.',
  },
  lmdbMapBytes: {
    kind: 'bytes',
    min: 2 ** 24,
    max: 2 ** 44,
    default: '64GiB',
    description:
      "The most each shard's store may grow to. Address space, not disk: lower it where memory limits count it, raise it before a shard gets there.",
  },
  analyticsDays: {
    kind: 'integer',
    min: 0,
    max: 3_650,
    default: '30',
    description:
      'Days that searches and the feedback on them are remembered, for `kms report` and `kms judgements`; 0: not at all.',
  },
  analyticsTexts: {
    kind: 'choice',
    choices: ['false', 'true'],
    default: 'false',
    description:
      'Whether the texts of queries are remembered too. Set it where you may: only then can reports quote queries and feedback become judgements.',
  },
  analyticsSlowMs: {
    kind: 'duration_ms',
    min: 1,
    max: 600_000,
    default: '100',
    description: 'A search that takes longer counts as slow in reports.',
  },
  analyticsSearchesMax: {
    kind: 'integer',
    min: 1_000,
    max: 5_000_000,
    default: '1000000',
    description:
      'Searches that are remembered at most, the newest ones; each takes about 600 bytes, more with its text.',
  },
  shutdownTimeoutMs: {
    kind: 'duration_ms',
    min: 100,
    max: 600_000,
    default: '30000',
    description:
      'How long a stop may take to finish what is in flight. Keep it below what your process manager grants.',
  },
  ingestDocumentsInFlight: {
    kind: 'integer',
    min: 1,
    max: 100_000,
    default: '2048',
    description:
      'Documents between arrival and acknowledgement, all streams together. Lower it for large documents on little memory.',
  },
  ingestStreamMessages: {
    kind: 'integer',
    min: 1,
    max: 256,
    default: '8',
    description:
      'Messages of one stream that are worked on at once. Lower it to share the engine more evenly between streams.',
  },
  restartsMax: {
    kind: 'integer',
    min: 0,
    max: 1_000,
    default: '30',
    description:
      'Restarts of actors within KMS_RESTARTS_PERIOD_MS before the engine gives up and exits for its process manager. A document that kills its thread is hunted down by some ten restarts: stay above that.',
  },
  restartsPeriodMs: {
    kind: 'duration_ms',
    min: 1_000,
    max: 3_600_000,
    default: '60000',
    description: 'The period in which KMS_RESTARTS_MAX counts.',
  },
  stuckAfterMs: {
    kind: 'duration_ms',
    min: 1_000,
    max: 600_000,
    default: '30000',
    description:
      'A thread that does no unit of work for this long while it has work is taken for stuck. Raise it on overloaded machines.',
  },
} as const satisfies Record<string, SettingSpec>;

export type SettingKey = keyof typeof settingsSchema;
export const settingKeys = Object.keys(settingsSchema) as readonly SettingKey[];

/** `embedThreadsMax` → `KMS_EMBED_THREADS_MAX`. */
export function variableOf(key: SettingKey): string {
  return `KMS_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** `embedThreadsMax` → `--embed-threads-max`. */
export function flagOf(key: SettingKey): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

// What a load is: parsed once, for the generator's process and for the benches that start it.

import { parseArgs } from 'node:util';

/**
 * `vector`, `text` (semantic) and `hybrid`: Search; `stream`: the same vectors over one SearchStream; `get`:
 * GetDocument; `health`: a call that asks no thread for anything.
 */
export const requestKinds = ['vector', 'text', 'hybrid', 'stream', 'get', 'health'] as const;
export type RequestKind = (typeof requestKinds)[number];

export type Pace =
  /** Poisson arrivals, each timed from the moment it was due. */
  | { readonly type: 'open'; readonly perSecond: number }
  /** As many as are always under way. */
  | { readonly type: 'closed'; readonly inFlight: number };

export interface LoadOptions {
  readonly address: string;
  /** What is sent, by weight. */
  readonly mix: ReadonlyMap<RequestKind, number>;
  readonly pace: Pace;
  readonly seconds: number;
  /** Sent before anything is measured, so that both sides have compiled what they run. */
  readonly warmUpRequests: number;
  /** Whose CPU time is counted meanwhile; 0: nobody's. On this machine, on Linux. */
  readonly serverPid: number;
  /** Query vectors: packed little-endian float32. Needed by `vector` and `stream`. */
  readonly queriesPath: string;
  readonly dimensions: number;
  readonly limit: number;
  /** 0: the server's own. */
  readonly ef: number;
  /** Documents `v-0` to `v-(n-1)`, for `get`. */
  readonly documents: number;
  readonly seed: number;
  /** The process's niceness, 1 to 19; 0: as it was started. */
  readonly nice: number;
}

export interface IngestOptions {
  readonly address: string;
  readonly kind: 'vectors' | 'texts';
  /** 0: as fast as the server takes them. */
  readonly documentsPerSecond: number;
  readonly documentsPerMessage: number;
  /** At most; the load also ends at SIGTERM. */
  readonly seconds: number;
  readonly dimensions: number;
  /** Other documents for another seed. */
  readonly seed: number;
  readonly nice: number;
}

export const usage = `load-generator.ts --address HOST:PORT (--per-second RATE | --in-flight N) --mix KIND[=WEIGHT],...
load-generator.ts --address HOST:PORT --ingest vectors|texts [--per-second DOCUMENTS]

Loads an engine over gRPC and prints one JSON object. --per-second is an open loop: Poisson arrivals, each latency from
the moment its request was due. --in-flight is a closed loop. Kinds: ${requestKinds.join(', ')}.

  --seconds S              how long to measure; an ingest also ends at SIGTERM       (10)
  --warm-up N              requests before anything is measured                      (200)
  --server-pid PID         whose CPU time is counted meanwhile; 0: nobody's          (0)
  --queries FILE           query vectors, packed little-endian float32
  --dimensions D           of the vectors                                            (384)
  --limit N                hits of a search                                          (10)
  --ef N                   width of the graph search; 0: the server's own            (0)
  --documents N            stored documents v-0 to v-(N-1), for get                  (1)
  --documents-per-message  of an ingest                                              (128 vectors, 64 texts)
  --seed N                 of arrivals, kinds, texts and documents                   (1)
  --nice N                 niceness, where the load stands for another machine       (0)
`;

export function parseLoad(
  args: readonly string[],
):
  | { type: 'requests'; options: LoadOptions }
  | { type: 'ingest'; options: IngestOptions }
  | { type: 'help' } {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ help: { type: 'boolean' }, address: text, mix: text, ingest: text, queries: text, seconds: text },
      ...{ 'per-second': text, 'in-flight': text, 'warm-up': text, dimensions: text, limit: text, ef: text },
      ...{ 'server-pid': text, documents: text, 'documents-per-message': text, seed: text, nice: text },
    },
  });
  if (values.help === true) return { type: 'help' };
  const number = (name: Exclude<keyof typeof values, 'help'>, byDefault: number) => {
    const value = values[name] === undefined ? byDefault : Number(values[name]);
    if (!Number.isFinite(value) || value < 0)
      throw new Error(`--${name} ${values[name]}: must be a number from 0`);
    return value;
  };
  if (values.address === undefined) throw new Error('--address: missing');
  const shared = {
    address: values.address,
    dimensions: number('dimensions', 384),
    seed: number('seed', 1),
    nice: number('nice', 0),
  };
  if (values.ingest !== undefined) {
    if (values.ingest !== 'vectors' && values.ingest !== 'texts')
      throw new Error('--ingest: vectors or texts');
    const kind = values.ingest;
    const documentsPerMessage = number('documents-per-message', kind === 'vectors' ? 128 : 64);
    const documentsPerSecond = number('per-second', 0);
    const seconds = number('seconds', 600);
    return { type: 'ingest', options: { ...shared, kind, documentsPerMessage, documentsPerSecond, seconds } };
  }
  const isOpen = values['per-second'] !== undefined;
  if (isOpen === (values['in-flight'] !== undefined)) throw new Error('either --per-second or --in-flight');
  return {
    type: 'requests',
    options: {
      ...shared,
      mix: parseMix(values.mix ?? 'vector'),
      pace: isOpen
        ? { type: 'open', perSecond: number('per-second', 0) }
        : { type: 'closed', inFlight: number('in-flight', 0) },
      seconds: number('seconds', 10),
      warmUpRequests: number('warm-up', 200),
      serverPid: number('server-pid', 0),
      queriesPath: values.queries ?? '',
      limit: number('limit', 10),
      ef: number('ef', 0),
      documents: number('documents', 1),
    },
  };
}

/** `vector=8,get=2`; a kind without a weight has 1. */
function parseMix(text: string): Map<RequestKind, number> {
  return new Map(
    text.split(',').map((part) => {
      const [name = '', weight = '1'] = part.split('=');
      const kind = requestKinds.find((known) => known === name);
      if (kind === undefined || !(Number(weight) > 0))
        throw new Error(`--mix ${part}: must be KIND or KIND=WEIGHT`);
      return [kind, Number(weight)];
    }),
  );
}

/** The arguments that `parseLoad` reads back. */
export function argumentsOf(options: LoadOptions): string[] {
  const mix = [...options.mix].map(([kind, weight]) => `${kind}=${weight}`).join();
  const { pace } = options;
  const words: Readonly<Record<string, string | number>> = {
    address: options.address,
    mix,
    ...(pace.type === 'open' ? { 'per-second': pace.perSecond } : { 'in-flight': pace.inFlight }),
    seconds: options.seconds,
    'warm-up': options.warmUpRequests,
    'server-pid': options.serverPid,
    queries: options.queriesPath,
    dimensions: options.dimensions,
    limit: options.limit,
    ef: options.ef,
    documents: options.documents,
    seed: options.seed,
    nice: options.nice,
  };
  return Object.entries(words).map(([name, value]) => `--${name}=${value}`);
}

export function ingestArgumentsOf(options: IngestOptions): string[] {
  const words: Readonly<Record<string, string | number>> = {
    address: options.address,
    ingest: options.kind,
    'per-second': options.documentsPerSecond,
    'documents-per-message': options.documentsPerMessage,
    seconds: options.seconds,
    dimensions: options.dimensions,
    seed: options.seed,
    nice: options.nice,
  };
  return Object.entries(words).map(([name, value]) => `--${name}=${value}`);
}

import { describe, expect, it } from 'vitest';
import {
  argumentsOf,
  type IngestOptions,
  ingestArgumentsOf,
  type LoadOptions,
  parseLoad,
} from '../../../native-bench/load/load-options.ts';

const options: LoadOptions = {
  address: '127.0.0.1:50051',
  mix: new Map([
    ['vector', 8],
    ['get', 0.5],
  ]),
  pace: { type: 'open', perSecond: 120.5 },
  seconds: 3,
  warmUpRequests: 17,
  serverPid: 42,
  queriesPath: '/tmp/queries',
  dimensions: 16,
  limit: 5,
  ef: 96,
  documents: 1_000,
  seed: 9,
  nice: 19,
};

describe('the arguments of the load generator', () => {
  it('mean what the bench that made them meant', () => {
    expect(parseLoad(argumentsOf(options))).toEqual({ type: 'requests', options });
    const closed = { ...options, pace: { type: 'closed', inFlight: 32 } } as const;
    expect(parseLoad(argumentsOf(closed))).toEqual({ type: 'requests', options: closed });
    const ingest: IngestOptions = {
      ...{ address: 'localhost:1', kind: 'texts', documentsPerSecond: 50, documentsPerMessage: 64 },
      ...{ seconds: 12, dimensions: 384, seed: 2, nice: 0 },
    };
    expect(parseLoad(ingestArgumentsOf(ingest))).toEqual({ type: 'ingest', options: ingest });
  });

  it.each([
    [['--mix', 'vector', '--in-flight', '1'], /--address/],
    [['--address', 'a:1'], /either --per-second or --in-flight/],
    [['--address', 'a:1', '--per-second', '1', '--in-flight', '1'], /either/],
    [['--address', 'a:1', '--in-flight', '1', '--mix', 'vectors'], /--mix vectors/],
    [['--address', 'a:1', '--in-flight', '1', '--mix', 'vector=0'], /--mix vector=0/],
    [['--address', 'a:1', '--in-flight', 'many'], /--in-flight many/],
    [['--address', 'a:1', '--ingest', 'rows'], /--ingest/],
  ])('are refused by name when they make no sense: %j', (args, message) => {
    expect(() => parseLoad(args)).toThrow(message);
  });
});

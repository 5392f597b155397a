// The options that every kind of search has in common, and the request that they make.

import { type Command, Option } from 'commander';
import type { Boost } from '../grpc/generated/kms/v1/Boost.ts';
import type { Filter } from '../grpc/generated/kms/v1/Filter.ts';
import type { FindSimilarRequest } from '../grpc/generated/kms/v1/FindSimilarRequest.ts';
import { durationToWire } from '../grpc/wire-status.ts';
import { limits } from '../model/limits.ts';
import { type ClientOptions, durationReader, integerReader, numberReader } from './common-options.ts';
import { readBoost, readFilter } from './search-values.ts';

/** A hundred years: beyond that nothing is recent any more. */
const halfLifeDaysMax = 36_500;

export interface SearchOptions extends ClientOptions {
  readonly collection: readonly string[];
  readonly limit: number;
  readonly offset: number;
  readonly exact: boolean;
  readonly ef: number;
  readonly filter?: Filter;
  readonly facet: readonly string[];
  /** True: the engine's own value. */
  readonly diverse?: number | true;
  readonly collapse?: number | true;
  /** Milliseconds. */
  readonly recent?: number | true;
  readonly boost: readonly Boost[];
  readonly explain: boolean;
}

const addTo =
  <Value>(read: (text: string) => Value) =>
  (text: string, before: readonly Value[]): readonly Value[] => [...before, read(text)];

/** `--filter`; given several times, all of them must hold. */
export function filterOption(): Option {
  return new Option(
    '-f, --filter <expression>',
    'only documents with such attributes, such as \'status = "open" and priority >= 3\'',
  ).argParser((text: string, before: Filter | undefined): Filter => {
    const filter = readFilter(text);
    return before === undefined ? filter : { allOf: { filters: [before, filter] } };
  });
}

/** What the search API takes for texts and stored documents alike. */
export function addSearchOptions(command: Command): Command {
  return addOrderOptions(addScopeOptions(command)).option(
    '--explain',
    'say how each hit came to its place, and where the time went',
    false,
  );
}

function addScopeOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-c, --collection <name>', 'look only here; may be given several times')
        .default([], 'everywhere')
        .argParser(addTo(String)),
    )
    .addOption(filterOption())
    .addOption(
      new Option('-n, --limit <hits>', 'at most this many hits')
        .default(limits.searchLimitDefault)
        .argParser(integerReader(1, limits.searchLimitMax)),
    )
    .addOption(
      new Option('--offset <hits>', 'leave out this many at the top: the pages before')
        .default(0)
        .argParser(integerReader(0, limits.searchLimitMax)),
    )
    .addOption(
      new Option(
        '--facet <attribute>',
        'count its values among all that pass the filter; may be given several times',
      )
        .default([], 'none')
        .argParser(addTo(String)),
    )
    .option('--exact', 'compare with every vector instead of walking the graph', false)
    .addOption(
      new Option('--ef <width>', 'width of the graph search: more finds more and takes longer')
        .default(0, "the engine's")
        .argParser(integerReader(1, limits.efMax)),
    );
}

function addOrderOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--diverse [lambda]',
        'hits that differ: 1 orders by relevance alone, 0 by difference (default 0.5)',
      ).argParser(numberReader(0, 1)),
    )
    .addOption(
      new Option(
        '--collapse [cosine]',
        'show documents that are at least so similar once (default 0.95)',
      ).argParser(numberReader(0.5, 1)),
    )
    .addOption(
      new Option(
        '--recent [half-life]',
        'newer documents gain; half of it is gone after this time (default 30d)',
      ).argParser(durationReader(halfLifeDaysMax)),
    )
    .addOption(
      new Option(
        '--boost <expression*factor>',
        'documents that pass gain or lose; may be given several times',
      )
        .default([], 'none')
        .argParser(addTo(readBoost)),
    );
}

/** The part of the request that they make. */
export function scopeOf(options: SearchOptions): Omit<FindSimilarRequest, 'id' | 'collection'> {
  const { collection, limit, offset, exact, ef, json, filter, facet, boost, explain } = options;
  const { diverse, collapse, recent } = options;
  return {
    collections: [...collection],
    limit,
    offset,
    exact,
    ef,
    omitBody: !json,
    filter: filter ?? null,
    facets: facet.map((field) => ({ field })),
    diversity: diverse === undefined ? null : diverse === true ? {} : { lambda: diverse },
    collapse: collapse === undefined ? null : collapse === true ? {} : { similarityMin: collapse },
    recency: recent === undefined ? null : recent === true ? {} : { halfLife: durationToWire(recent) },
    boosts: [...boost],
    explain,
  };
}

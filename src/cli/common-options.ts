// Options that several commands share, and how their values are read.

import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseAddress } from '../config/network-address.ts';
import { settingsSchema } from '../config/settings-schema.ts';

export interface ClientOptions {
  readonly address: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly json: boolean;
}

/** `--address`, `--timeout` and `--json`, for every command that talks to a running engine. */
export function addClientOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--address <host:port>', 'where the engine listens')
        .env('KMS_GRPC_ADDRESS')
        .default(settingsSchema.grpcAddress.default)
        .argParser(readAddress),
    )
    .addOption(
      new Option('--timeout <seconds>', 'how long one call may take')
        .default(10_000, '10')
        .argParser((text) => readNumber(text, 0.001, 3_600) * 1_000),
    )
    .option('--json', 'print JSON for scripts instead of tables for people', false);
}

/** `--retry-for`, for commands that go on while the engine is away. */
export function addPatienceOption(command: Command): Command {
  return command.addOption(
    new Option('--retry-for <seconds>', 'how long to go on trying while the engine is away')
      .default(60)
      .argParser(integerReader(0, 86_400)),
  );
}

/** `--limit`, `--exact` and `--ef`, as the search API takes them. */
export function addSearchOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-c, --collection <name>', 'look only here; may be given several times')
        .default([], 'everywhere')
        .argParser((name: string, before: readonly string[]) => [...before, name]),
    )
    .addOption(
      new Option('-n, --limit <hits>', 'at most this many hits')
        .default(10)
        .argParser(integerReader(1, 1_000)),
    )
    .option('--exact', 'compare with every vector instead of walking the graph', false)
    .addOption(
      new Option('--ef <width>', 'width of the graph search: more finds more and takes longer')
        .default(0, "the engine's")
        .argParser(integerReader(1, 4_096)),
    );
}

export interface SearchOptions extends ClientOptions {
  readonly collection: readonly string[];
  readonly limit: number;
  readonly exact: boolean;
  readonly ef: number;
}

export function integerReader(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = readNumber(text, min, max);
    if (!Number.isInteger(value)) throw new InvalidArgumentError(`must be a whole number, ${min}..${max}`);
    return value;
  };
}

function readNumber(text: string, min: number, max: number): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new InvalidArgumentError(`must be ${min}..${max}`);
  return value;
}

function readAddress(text: string): string {
  if (parseAddress(text) === null)
    throw new InvalidArgumentError('must be HOST:PORT, such as 127.0.0.1:50051');
  return text;
}

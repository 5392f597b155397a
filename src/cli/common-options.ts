// Options that several commands share, and how their values are read.

import { type Command, InvalidArgumentError, Option } from 'commander';
import { durationRule, parseDuration } from '../base/duration.ts';
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

export function integerReader(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = readNumber(text, min, max);
    if (!Number.isInteger(value)) throw new InvalidArgumentError(`must be a whole number, ${min}..${max}`);
    return value;
  };
}

/** Reads `30s`, `5m`, `24h` or `7d` as milliseconds. */
export function durationReader(maxDays: number): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text) ?? 0;
    if (ms > 0 && ms <= maxDays * 86_400_000) return ms;
    throw new InvalidArgumentError(`${durationRule}, at most ${maxDays}d`);
  };
}

export function numberReader(min: number, max: number): (text: string) => number {
  return (text) => readNumber(text, min, max);
}

/** A plain decimal number within bounds, both included. Throws wrong usage. */
export function readNumber(text: string, min: number, max: number): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new InvalidArgumentError(`must be ${min}..${max}`);
  return value;
}

function readAddress(text: string): string {
  if (parseAddress(text) === null)
    throw new InvalidArgumentError('must be HOST:PORT, such as 127.0.0.1:50051');
  return text;
}

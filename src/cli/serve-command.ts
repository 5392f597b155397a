// `kms serve`: the engine in this process, until a signal ends it.

import { type Command, Option } from 'commander';
import type { Clock } from '../base/clock.ts';
import { deferred } from '../base/deferred.ts';
import { KmsError } from '../base/errors.ts';
import { readSettings, type SettingFlags, type Settings } from '../config/settings.ts';
import {
  flagOf,
  type SettingKey,
  settingKeys,
  settingsSchema,
  variableOf,
} from '../config/settings-schema.ts';
import { createLogger, type Log } from '../observability/logger.ts';
import { Metrics } from '../observability/metrics.ts';
import { type CommandIo, exitCodes, say } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';

export interface EngineParts {
  readonly settings: Settings;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** What `kms serve` needs of the engine; the composition root makes it. */
export interface ServedEngine {
  /** Opens the ports at once; resolves when every shard has replayed its log. */
  start(): Promise<void>;
  /** Drains and closes everything; safe to call at any time after `start` was called. */
  stop(): Promise<void>;
  /** Resolves (with the reason) only when the engine has given itself up and must be restarted. */
  readonly failure: Promise<unknown>;
  /** What is listened on, known once `start` has resolved. */
  readonly ports: { readonly grpc: number; readonly http: number };
}

export const serveName = 'serve';

export type EngineFactory = (parts: EngineParts) => ServedEngine | Promise<ServedEngine>;

export function addServeCommand(program: Command, runner: CommandRunner, createEngine: EngineFactory): void {
  const command = program
    .command(serveName)
    .description('Run the engine until SIGTERM or SIGINT; a second signal ends it at once.')
    .addHelpText(
      'after',
      `
Every setting is a flag and an environment variable of the same name; the flag wins. All faults are reported together.

Examples:
  kms serve
  kms serve --grpc-address 0.0.0.0:50051 --data-dir /var/lib/kms
  KMS_LOG_LEVEL=debug kms serve`,
    );
  for (const key of settingKeys) command.addOption(settingOption(key));
  command.action((flags: SettingFlags) => runner.run((io) => serve(io, flags, createEngine)));
}

/** Flags stay text here: `readSettings` checks them together with the environment. */
function settingOption(key: SettingKey): Option {
  const { default: initial, description } = settingsSchema[key];
  return new Option(`${flagOf(key)} <value>`, `${description} ${variableOf(key)}, default ${initial}.`);
}

async function serve(io: CommandIo, flags: SettingFlags, createEngine: EngineFactory): Promise<number> {
  const settings = settingsOrFaults(io, flags);
  if (settings === null) return exitCodes.usage;
  const log = createLogger({ level: settings.logLevel, thread: 'main' });
  const metrics = new Metrics({ withProcess: true });
  const ended = deferred<number>();
  let isStopping = false;
  const stopListening = io.onSignal((signal) => {
    if (isStopping) return io.abandon(signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated);
    isStopping = true;
    log.info({ signal }, 'stopping; a second signal ends at once');
    ended.resolve(exitCodes.done);
  });
  try {
    const engine = await createEngine({ settings, log, clock: io.clock, metrics });
    void engine.failure.then((error) => {
      log.error({ error }, 'the engine has given itself up');
      ended.resolve(exitCodes.failed);
    });
    const started = engine.start().catch((error: unknown) => {
      log.error({ error }, 'start failed');
      ended.resolve(exitCodes.failed);
    });
    const exitCode = await ended.promise;
    await engine.stop();
    await started;
    return exitCode;
  } finally {
    stopListening();
  }
}

/** Null when there are faults; they are printed, each on its own line. */
function settingsOrFaults(io: CommandIo, flags: SettingFlags): Settings | null {
  try {
    return readSettings(io.env, flags);
  } catch (error) {
    if (!(error instanceof KmsError)) throw error;
    for (const line of error.message.split('\n')) say(io, line);
    return null;
  }
}

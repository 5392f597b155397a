// Reads the environment and the flags once, checks all of it, and reports every fault together: nobody should have to
// start the engine five times to find five typing errors.

import { availableParallelism, totalmem } from 'node:os';
import { KmsError } from '../base/errors.ts';
import { nearestName } from './nearest-name.ts';
import { parseSetting, type ValueOf } from './setting-kinds.ts';
import { flagOf, type SettingKey, settingKeys, settingsSchema, variableOf } from './settings-schema.ts';

/** All settings, checked and frozen. `shards` stays 0 when automatic: a data folder that exists has its own count. */
export type Settings = {
  readonly [Key in SettingKey]: ValueOf<(typeof settingsSchema)[Key]>;
};

/** Flags by setting key, as text; a flag wins over its variable. */
export type SettingFlags = Readonly<Partial<Record<SettingKey, string | undefined>>>;

/** Variables of ours that the engine itself does not read. */
const variablesOfTests = new Set(['KMS_JUDGED_DATA_DIR']);

/** Kubernetes and Docker links describe a service called `kms` to every neighbour: `KMS_PORT_50051_TCP_ADDR` and so on. */
const serviceLinkPattern =
  /^KMS_(?:[A-Z0-9_]+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\d+_(?:TCP|UDP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/**
 * Reads every setting from `flags`, then `env`, then its default. `cores` decides what 0 means for embedThreadsMax.
 * Throws `invalid_argument` with a violation for each fault: `KMS_EMBED_THREADS_MIN=0: must be 1..64`.
 */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  flags: SettingFlags = {},
  cores: number = availableParallelism(),
): Settings {
  const faults = unknownVariables(env);
  const values: Partial<Record<SettingKey, unknown>> = {};
  for (const key of settingKeys) {
    const { name, text } = sourceOf(key, env, flags);
    const parsed = parseSetting(settingsSchema[key], text);
    if (parsed.type === 'value') values[key] = Object.freeze(parsed.value);
    else faults.push({ field: name, given: text, description: parsed.rule });
  }
  if (values.embedThreadsMax === 0) values.embedThreadsMax = Math.max(1, cores - 1);
  const settings = values as Settings;
  if (settings.embedThreadsMin > settings.embedThreadsMax) {
    const { name, text } = sourceOf('embedThreadsMin', env, flags);
    const description = `must be at most ${variableOf('embedThreadsMax')} (${settings.embedThreadsMax})`;
    faults.push({ field: name, given: text, description });
  }
  faults.push(...embeddingFaults(settings, (key) => sourceOf(key, env, flags)));
  if (faults.length > 0) throw settingsError(faults);
  return Object.freeze(settings);
}

/** How many shards a new data folder gets: what was asked for, else one a core but one, within 1..8. */
export function shardsForNewFolder(
  shards: Settings['shards'],
  cores: number = availableParallelism(),
): number {
  return shards === 0 ? Math.min(8, Math.max(1, cores - 1)) : shards;
}

/** What is left to words, models, the page cache that the store is read through, and other processes. */
const indexMemoryShare = 0.5;

/** How much memory the graphs and tails of one shard may take: an equal part of what was asked for, or of half of all. */
export function indexBytesOfShard(
  indexMemoryMaxBytes: Settings['indexMemoryMaxBytes'],
  shardCount: number,
  memoryBytes: number = memoryOfProcess(),
): number {
  const bytes = indexMemoryMaxBytes === 0 ? memoryBytes * indexMemoryShare : indexMemoryMaxBytes;
  return Math.floor(bytes / shardCount);
}

/** The machine's memory, or the limit of the container around us where there is one. */
function memoryOfProcess(): number {
  const limit = process.constrainedMemory();
  return limit === undefined || limit === 0 ? totalmem() : Math.min(limit, totalmem());
}

/** Lengths and prices of these are known (embedding/openai); empty: the default, which is one of them. */
const openaiModels = /^$|^text-embedding-(3-small|3-large|ada-002)$/;

/** What the embedding settings say about each other. A key that is faulty by itself is undefined here. */
function embeddingFaults(
  settings: Partial<Settings>,
  source: (key: SettingKey) => { readonly name: string; readonly text: string },
): SettingFault[] {
  const faults: SettingFault[] = [];
  const fault = (key: SettingKey, description: string) => {
    const { name, text } = source(key);
    faults.push({ field: name, given: text, description });
  };
  const { embedProvider, embedModel } = settings;
  if (embedProvider === 'minilm' && !['', 'int8', 'fp32', undefined].includes(embedModel)) {
    fault('embedModel', 'must be int8 or fp32 with KMS_EMBED_PROVIDER=minilm');
  }
  if (embedProvider === 'static' && !['', undefined].includes(embedModel)) {
    fault('embedModel', 'must be empty with KMS_EMBED_PROVIDER=static: there is one table');
  }
  if (embedProvider === 'onnx' && embedModel === '') {
    fault('embedModel', 'must be a folder with model.onnx with KMS_EMBED_PROVIDER=onnx');
  }
  if (embedProvider === 'openai' && embedModel !== undefined && !openaiModels.test(embedModel)) {
    const unknown = `${embedModel} is not known here`;
    if (settings.embedDimensions === 0) {
      fault('embedDimensions', `must be given for ${embedModel}: its vectors’ length is not known here`);
    }
    if ((settings.embedBudgetPerDay ?? 0) > 0 && settings.embedPricePerMillionTokens === 0) {
      const budget = variableOf('embedBudgetPerDay');
      fault(
        'embedPricePerMillionTokens',
        `must be given for ${budget} to count with: the price of ${unknown}`,
      );
    }
  }
  if (embedProvider !== 'openai' && (settings.embedDimensions ?? 0) > 0) {
    fault('embedDimensions', 'must be 0 unless KMS_EMBED_PROVIDER=openai: the model has its own');
  }
  return faults;
}

interface SettingFault {
  readonly field: string;
  readonly given: string;
  readonly description: string;
}

function sourceOf(
  key: SettingKey,
  env: Readonly<Record<string, string | undefined>>,
  flags: SettingFlags,
): { name: string; text: string } {
  const flag = flags[key];
  if (flag !== undefined) return { name: flagOf(key), text: flag };
  const name = variableOf(key);
  return { name, text: env[name] ?? settingsSchema[key].default };
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): SettingFault[] {
  const names = settingKeys.map(variableOf);
  return Object.keys(env)
    .filter((name) => name.startsWith('KMS_') && env[name] !== undefined && !names.includes(name))
    .filter((name) => !variablesOfTests.has(name) && !serviceLinkPattern.test(name))
    .sort()
    .map((name) => {
      const nearest = nearestName(name, names);
      const description =
        nearest === null ? 'is not a setting' : `is not a setting; did you mean ${nearest}?`;
      return { field: name, given: env[name] ?? '', description };
    });
}

function settingsError(faults: readonly SettingFault[]): KmsError {
  const lines = faults.map((fault) => `${fault.field}=${fault.given}: ${fault.description}`);
  return new KmsError('invalid_argument', lines.join('\n'), {
    violations: faults.map(({ field, description }) => ({ field, description })),
  });
}

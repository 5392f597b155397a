// `kms source`: looks at the sources file and at what it names, without an engine: before the first sync, an operator can
// see whether the mapping is right.

import Table from 'cli-table3';
import type { Command } from 'commander';
import { KmsError } from '../base/errors.ts';
import { nearestName } from '../config/nearest-name.ts';
import { settingsSchema, variableOf } from '../config/settings-schema.ts';
import type { AttributeValue } from '../model/document.ts';
import { openSources } from '../sources/open-sources.ts';
import type { SourceChange, SyncSource } from '../sources/sync-source.ts';
import { type CommandIo, exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { integerReader } from './common-options.ts';
import { safeJson, safeLine, shortened } from './safe-text.ts';

interface SourceOptions {
  readonly sourcesFile?: string;
  readonly json: boolean;
}

interface CheckOptions extends SourceOptions {
  readonly limit: number;
}

export function addSourceCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('source')
    .description('Look at the sources that the engine pulls from; needs no running engine.');
  addFileOptions(
    command
      .command('check')
      .description(
        'Connect to a source and show the first documents as its mapping makes them; writes nothing.',
      )
      .argument('<name>', 'the source')
      .option('-n, --limit <documents>', 'at most this many documents', integerReader(1, 500), 10)
      .addHelpText(
        'after',
        '\nExamples:\n  kms source check cases\n  kms source check cases --limit 1 --json',
      ),
  ).action((name: string, options: CheckOptions) => runner.run((io) => check(io, name, options)));
  addFileOptions(
    command.command('list').description('Show the sources of the file, checked but not connected to.'),
  ).action((options: SourceOptions) => runner.run((io) => list(io, options)));
}

function addFileOptions(command: Command): Command {
  return command
    .option(
      '--sources-file <path>',
      `the file that declares the sources (default: ${variableOf('sourcesFile')})`,
    )
    .option('--json', 'print JSON for scripts instead of tables for people', false);
}

async function check(io: CommandIo, name: string, options: CheckOptions): Promise<number> {
  const sources = await open(io, options);
  const source = sources.find((candidate) => candidate.name === name);
  if (source === undefined) throw unknownSource(name, sources);
  try {
    const changes = await source.sample(options.limit);
    const rejected = changes.filter(({ type }) => type === 'rejected').length;
    if (options.json) for (const change of changes) io.stdout.write(`${safeJson(plainChange(change))}\n`);
    else for (const change of changes) io.stdout.write(`${readable(change)}\n\n`);
    if (!options.json) {
      const count = `${changes.length} ${changes.length === 1 ? 'record' : 'records'}`;
      io.stdout.write(`${safeLine(name)}: ${count} looked at, ${rejected} not fit for the index\n`);
    }
    return rejected === 0 ? exitCodes.done : exitCodes.rejections;
  } finally {
    await source.close();
  }
}

async function list(io: CommandIo, options: SourceOptions): Promise<number> {
  const sources = await open(io, options);
  if (options.json) {
    for (const { name, kind, everyMs } of sources)
      io.stdout.write(`${safeJson({ name, type: kind, every_ms: everyMs })}\n`);
    return exitCodes.done;
  }
  if (sources.length === 0) {
    io.stdout.write('no sources\n');
    return exitCodes.done;
  }
  const table = new Table({ head: ['source', 'type', 'every'], style: { head: [], border: [] } });
  for (const { name, kind, everyMs } of sources)
    table.push([name, kind, everyMs === null ? 'when asked' : `${everyMs / 1_000} s`]);
  io.stdout.write(`${table.toString()}\n`);
  return exitCodes.done;
}

function open(io: CommandIo, options: SourceOptions): Promise<readonly SyncSource[]> {
  const path = options.sourcesFile ?? io.env[variableOf('sourcesFile')] ?? settingsSchema.sourcesFile.default;
  return openSources(path, { env: io.env, clock: io.clock });
}

function unknownSource(name: string, sources: readonly SyncSource[]): KmsError {
  const names = sources.map((source) => source.name);
  const nearest = nearestName(name, names);
  const known = names.length === 0 ? 'the file has none' : `the sources are ${names.join(', ')}`;
  const hint = nearest === null ? known : `did you mean ${nearest}?`;
  return new KmsError('not_found', `there is no source ${name}; ${hint}`);
}

/** The first words of the body are enough to see that it is the right column. */
const bodyCharactersMax = 200;

function readable(change: SourceChange): string {
  switch (change.type) {
    case 'upsert': {
      const { collection, id, title, body, mediaType, attributes, updateTimeMs } = change.document;
      const lines = [
        `${collection}/${id}`,
        `  title: ${title}`,
        `  body (${mediaType}, ${body.length} characters): ${shortened(safeLine(body), bodyCharactersMax)}`,
        `  update time: ${updateTimeMs === null ? 'none' : new Date(updateTimeMs).toISOString()}`,
        ...Object.entries(attributes).map(
          ([name, value]) => `  ${name}: ${JSON.stringify(plainValue(value))}`,
        ),
      ];
      return lines
        .map((line) => line.replace(/^( *).*$/s, (text, indent) => indent + safeLine(text)))
        .join('\n');
    }
    case 'delete':
      return safeLine(`${change.key.collection}/${change.key.id} is deleted`);
    case 'rejected': {
      const { key, fault } = change;
      const faults = fault.violations.map(
        ({ field, description }) => `\n  ${safeLine(`${field} ${description}`)}`,
      );
      return `${safeLine(`${key.collection}/${key.id}`)} is not fit for the index:${faults.join('')}`;
    }
  }
}

function plainChange(change: SourceChange): unknown {
  if (change.type === 'delete') return { type: change.type, ...change.key };
  if (change.type === 'rejected')
    return { type: change.type, ...change.key, violations: change.fault.violations };
  const { embedding, mediaType, updateTimeMs, attributes, ...fields } = change.document;
  return {
    type: 'document',
    ...fields,
    media_type: mediaType,
    update_time: updateTimeMs === null ? null : new Date(updateTimeMs).toISOString(),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, plainValue(value)]),
    ),
    has_embedding: embedding !== null,
  };
}

function plainValue(value: AttributeValue): unknown {
  const isTime = typeof value === 'object' && 'timeMs' in value;
  return isTime ? { time: new Date(value.timeMs).toISOString() } : value;
}

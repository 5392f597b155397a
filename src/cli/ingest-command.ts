// `kms ingest PATH`: streams documents in, can be interrupted and taken up again, and says what was rejected.

import { basename, dirname, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { collectionNamePattern } from '../model/limits.ts';
import { openSource, type SourceFormat, sourceFormats } from '../sources/open-source.ts';
import { type CommandIo, exitCodes, say } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, addPatienceOption, type ClientOptions } from './common-options.ts';
import type { Connection } from './connection.ts';
import { IngestRun } from './ingest-run.ts';

interface IngestOptions extends ClientOptions {
  readonly collection: string;
  readonly format: SourceFormat;
  readonly checkpoint?: string;
  readonly rejected?: string;
  readonly restart: boolean;
  readonly retryFor: number;
}

export function addIngestCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('ingest')
    .description('Stream documents into the engine; each is on disk and searchable when it is acknowledged.')
    .argument(
      '<path>',
      'a .jsonl or .csv file, a folder of .md, .html and .txt files, or - for standard input',
    )
    .addOption(
      new Option('-c, --collection <name>', 'for documents that name none')
        .default('', 'cases')
        .argParser(readCollection),
    )
    .addOption(
      new Option('--format <format>', 'auto: by the name of the file').choices(sourceFormats).default('auto'),
    )
    .option('--checkpoint <file>', 'where to remember how far it came (default: PATH.kms-checkpoint.json)')
    .option('--rejected <file>', 'where to report rejected documents (default: PATH.rejected.jsonl)')
    .option('--restart', 'ignore the checkpoint and begin at the start', false)
    .addHelpText('after', examples);
  addClientOptions(addPatienceOption(command)).action((path: string, options: IngestOptions) =>
    runner.withEngine(options, (connection, io) => ingest(path, options, connection, io)),
  );
}

const examples = `
Examples:
  kms ingest cases.jsonl
  kms ingest cases.csv --collection cases
  kms ingest ./articles --collection articles
  zcat export.jsonl.gz | kms ingest -

One line of JSON Lines:
  {"id": "CASE-1042", "title": "Login loop", "body": "After the update ...", "attributes": {"product": "portal"}}

When it is interrupted, the same command goes on behind the last acknowledged document. Sending a document again costs
nothing: an unchanged one is recognised. Exit code 3 says that some documents were rejected; the report says which and
why.`;

function readCollection(name: string): string {
  if (collectionNamePattern.test(name)) return name;
  throw new InvalidArgumentError(
    'must be lower-case letters, digits, _, - and ., starting with a letter or digit',
  );
}

async function ingest(
  path: string,
  options: IngestOptions,
  connection: Connection,
  io: CommandIo,
): Promise<number> {
  const rejectedPath = options.rejected ?? besideInput(path, 'rejected.jsonl');
  const checkpointPath = options.checkpoint ?? besideInput(path, 'kms-checkpoint.json');
  for (const output of [rejectedPath, checkpointPath]) {
    if (resolve(output) !== resolve(path)) continue;
    say(io, `${output} is the input; name another file with --rejected or --checkpoint`);
    return exitCodes.usage;
  }
  const source = await openSource(path, options.format, io.stdin);
  // A wrong address should be said at once, not after a minute of patience.
  await connection.call((client, call) => client.getStatus({}, call));
  const run = new IngestRun({
    io,
    connection,
    source,
    name: path,
    collection: options.collection,
    checkpointPath,
    rejectedPath,
    isRestarted: options.restart,
    patienceMs: options.retryFor * 1000,
    isJson: options.json,
  });
  return run.run();
}

/** `cases.jsonl` → `cases.jsonl.rejected.jsonl`; `articles/` → `articles.rejected.jsonl`, beside the folder and not in it. */
function besideInput(path: string, suffix: string): string {
  if (path === '-') return `stdin.${suffix}`;
  const absolute = resolve(path);
  return join(dirname(absolute), `${basename(absolute)}.${suffix}`);
}

// `kms list COLLECTION`: stored documents in order of id, with a filter those that pass it.

import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import type { Document__Output } from '../grpc/generated/kms/v1/Document.ts';
import type { Filter } from '../grpc/generated/kms/v1/Filter.ts';
import { defaultCollection, limits } from '../model/limits.ts';
import { type CommandIo, exitCodes, say } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, type ClientOptions, integerReader } from './common-options.ts';
import type { Connection } from './connection.ts';
import { documentJson } from './document-forms.ts';
import { safeJson, safeLine, shortened } from './safe-text.ts';
import { filterOption } from './search-options.ts';
import { isoTimeOrNull } from './wire-forms.ts';

interface ListOptions extends ClientOptions {
  readonly filter?: Filter;
  /** 0: all. */
  readonly limit: number;
}

const titleCharactersMax = 60;
const limitMax = 1_000_000_000;

export function addListCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('list')
    .description('List stored documents in order of id.')
    .argument('[collection]', 'the collection', defaultCollection)
    .addOption(filterOption())
    .addOption(
      new Option('-n, --limit <documents>', 'at most this many; 0: all of them')
        .default(20)
        .argParser(integerReader(0, limitMax)),
    )
    .addHelpText(
      'after',
      `
Examples:
  kms list
  kms list articles --limit 100
  kms list cases --filter 'product = "portal" and not exists(resolved)'
  kms list cases --limit 0 --json | jq -r .id          # a document a line, with its body

A filter that few documents pass takes several calls, each of which looks at a part of the collection.`,
    );
  addClientOptions(command).action((collection: string, options: ListOptions) =>
    runner.withEngine(options, (connection, io) => list(connection, io, collection, options)),
  );
}

async function list(
  connection: Connection,
  io: CommandIo,
  collection: string,
  { filter, limit, json }: ListOptions,
): Promise<number> {
  const wanted = limit === 0 ? limitMax : limit;
  let printed = 0;
  let pageToken = '';
  do {
    const pageSize = Math.min(wanted - printed, limits.pageSizeDefault);
    const request = { collection, pageSize, pageToken, filter: filter ?? null, omitBody: !json };
    const page = await connection.call((client, call) => client.listDocuments(request, call));
    // Page by page: a collection is larger than this process should be.
    if (json) for (const document of page.documents) io.stdout.write(`${safeJson(documentJson(document))}\n`);
    else if (page.documents.length > 0) io.stdout.write(`${documentsTable(page.documents)}\n`);
    printed += page.documents.length;
    pageToken = page.nextPageToken;
  } while (pageToken !== '' && printed < wanted);
  if (printed === 0 && !json) io.stdout.write('no documents\n');
  if (pageToken !== '') say(io, 'there may be more; --limit shows them');
  return exitCodes.done;
}

function documentsTable(documents: readonly Document__Output[]): string {
  const table = new Table({ head: ['document', 'title', 'updated'], style: { head: [], border: [] } });
  for (const { id, title, updateTime } of documents)
    table.push([
      safeLine(id),
      shortened(safeLine(title), titleCharactersMax),
      isoTimeOrNull(updateTime) ?? '-',
    ]);
  return table.toString();
}

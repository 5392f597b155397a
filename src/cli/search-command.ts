// `kms search TEXT`: the documents nearest in meaning to a text.

import type { Command } from 'commander';
import { exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, addSearchOptions, type SearchOptions } from './common-options.ts';
import { printHits } from './print-hits.ts';

export function addSearchCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('search')
    .description('Find the documents nearest in meaning to a text.')
    .argument('<text...>', 'what to look for; several words need no quotes')
    .addHelpText(
      'after',
      `
Examples:
  kms search "printer prints blank pages"
  kms search login loop after update --collection cases --limit 3
  kms search "error 0x80070005" --json | jq -r '.hits[].document.id'

The score is the cosine of the query and the best passage of the document: 1 is the same meaning, 0 is unrelated.`,
    );
  addClientOptions(addSearchOptions(command)).action((words: readonly string[], options: SearchOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const { collection, limit, exact, ef, json } = options;
      const request = {
        text: words.join(' '),
        collections: [...collection],
        limit,
        exact,
        ef,
        omitBody: !json,
      };
      const answer = await connection.call((client, call) => client.search(request, call));
      printHits(io, answer, { isJson: json });
      return exitCodes.done;
    }),
  );
}

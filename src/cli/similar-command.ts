// `kms similar ID`: the documents nearest to a stored one.

import type { Command } from 'commander';
import { defaultCollection } from '../model/limits.ts';
import { exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, addSearchOptions, type SearchOptions } from './common-options.ts';
import { printHits } from './print-hits.ts';

interface SimilarOptions extends SearchOptions {
  readonly from: string;
}

export function addSimilarCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('similar')
    .description('Find the documents nearest to a stored one, which is itself left out.')
    .argument('<id>', 'the stored document')
    .option('--from <collection>', "the stored document's collection", defaultCollection)
    .addHelpText(
      'after',
      `
Examples:
  kms similar CASE-1042
  kms similar guides/setup.md --from articles --collection cases --limit 5`,
    );
  addClientOptions(addSearchOptions(command)).action((id: string, options: SimilarOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const { from, collection, limit, exact, ef, json } = options;
      const request = {
        collection: from,
        id,
        collections: [...collection],
        limit,
        exact,
        ef,
        omitBody: !json,
      };
      const answer = await connection.call((client, call) => client.findSimilar(request, call));
      printHits(io, answer, { isJson: json });
      return exitCodes.done;
    }),
  );
}

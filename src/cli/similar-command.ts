// `kms similar ID`: the documents nearest to a stored one, or to several, and away from others.

import { type Command, Option } from 'commander';
import { KmsError } from '../base/errors.ts';
import { defaultCollection } from '../model/limits.ts';
import { exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions } from './common-options.ts';
import { printAnswer } from './print-hits.ts';
import { addSearchOptions, type SearchOptions, scopeOf } from './search-options.ts';

interface SimilarOptions extends SearchOptions {
  readonly from: string;
  readonly like: readonly string[];
  readonly unlike: readonly string[];
}

export function addSimilarCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('similar')
    .description('Find the documents nearest to stored ones, which are themselves left out.')
    .argument('[id]', 'the stored document')
    .addOption(exampleOption('--like <id>', 'one more document to be near to; may be given several times'))
    .addOption(exampleOption('--unlike <id>', 'a document to be away from; may be given several times'))
    .option('--from <collection>', 'the collection of these documents', defaultCollection)
    .addHelpText(
      'after',
      `
Examples:
  kms similar CASE-1042
  kms similar CASE-1042 --filter 'resolved = true' --collapse
  kms similar CASE-1042 --like CASE-977 --unlike CASE-1300     # more of these, none of that
  kms similar --like CASE-977 --like CASE-980
  kms similar guides/setup.md --from articles --collection cases --limit 5`,
    );
  addClientOptions(addSearchOptions(command)).action((id: string | undefined, options: SimilarOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const { from, like, unlike } = options;
      if (id === undefined && like.length === 0)
        throw new KmsError('invalid_argument', 'similar to what? Give an id, or --like');
      const named = (ids: readonly string[]) => ids.map((example) => ({ collection: from, id: example }));
      const request = {
        ...scopeOf(options),
        collection: from,
        id: id ?? '',
        positive: named(like),
        negative: named(unlike),
      };
      const answer = await connection.call((client, call) => client.findSimilar(request, call));
      printAnswer(io, { ...answer, correctedText: '', rerank: 'RERANK_OUTCOME_NONE' }, options);
      return exitCodes.done;
    }),
  );
}

function exampleOption(flags: string, description: string): Option {
  return new Option(flags, description)
    .default([], 'none')
    .argParser((id: string, before: readonly string[]) => [...before, id]);
}

// `kms search TEXT`: the documents that a text is about.

import { type Command, Option } from 'commander';
import type { Fusion } from '../grpc/generated/kms/v1/Fusion.ts';
import type { QuerySyntax } from '../grpc/generated/kms/v1/QuerySyntax.ts';
import { durationToWire } from '../grpc/wire-status.ts';
import { type SearchMode, searchModes } from '../model/query.ts';
import { exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, integerReader } from './common-options.ts';
import { printAnswer } from './print-hits.ts';
import { addSearchOptions, type SearchOptions, scopeOf } from './search-options.ts';
import { readFusion } from './search-values.ts';

interface TextSearchOptions extends SearchOptions {
  readonly mode: SearchMode;
  readonly fusion: Fusion | null;
  readonly plain?: true;
  readonly operators?: true;
  readonly spelling: boolean;
  readonly synonyms: boolean;
  /** Milliseconds. */
  readonly rerank?: number | true;
}

export function addSearchCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('search')
    .description('Find the documents that a text is about: by its meaning, by its words, or by both.')
    .argument('<text...>', 'what to look for; several words need no quotes')
    .addHelpText(
      'after',
      `
Examples:
  kms search "printer prints blank pages"
  kms search login loop after update --collection cases --limit 3
  kms search ORA-00942 after migration --filter 'product = "billing" and created >= 2024-01-01'
  kms search '"no route to host" vpn -windows status:open'     # a phrase, a word to leave out, an attribute
  kms search timeout --facet product --facet status            # how many there are of each
  kms search backup fails --recent 90d --boost 'resolved = true * 1.2' --collapse
  kms search pritner offline --explain                         # how it was read, and why each hit is where it is
  kms search "error 0x80070005" --json | jq -r '.hits[].document.id'

A text of one line and at most 200 characters may hold "a phrase", -word and field:value; --plain and --operators settle
it. Options with a value in [brackets] go behind the text, or take it after an equals sign: --recent=90d.
Filters: = != < <= > >= in (...) 10..20 exists(name) and or not, times as 2024-01-31 or 2024-01-31T12:00:00Z.
"sure" is the estimated probability that a hit is what was looked for; the score orders the hits of one answer.`,
    );
  addClientOptions(addSearchOptions(addTextOptions(command))).action(
    (words: readonly string[], options: TextSearchOptions) =>
      runner.withEngine(options, async (connection, io) => {
        const request = {
          ...scopeOf(options),
          text: words.join(' '),
          mode: `SEARCH_MODE_${options.mode.toUpperCase() as Uppercase<SearchMode>}` as const,
          fusion: options.fusion,
          querySyntax: syntaxOf(options),
          noSpelling: !options.spelling,
          noSynonyms: !options.synonyms,
          rerank: rerankOf(options.rerank),
        };
        const answer = await connection.call((client, call) => client.search(request, call));
        printAnswer(io, answer, options);
        return exitCodes.done;
      }),
  );
}

/** What only a text can be asked for with. */
function addTextOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-m, --mode <mode>', 'by meaning (semantic), by words (lexical), or by both')
        .choices(searchModes)
        .default('hybrid'),
    )
    .addOption(
      new Option('--fusion <method>', 'how both become one order: adaptive, convex:WEIGHT or rrf:K')
        .default(null, 'adaptive')
        .argParser(readFusion),
    )
    .addOption(
      new Option('--plain', 'quotes, minus signs and colons in the text are text').conflicts('operators'),
    )
    .option('--operators', 'they are operators, however long the text is')
    .option('--no-spelling', 'look for the words as they are written')
    .option('--no-synonyms', 'look for no synonyms and acronyms')
    .addOption(
      new Option(
        '--rerank [ms]',
        'reorder the first 50 by the cross-encoder, within this time (default 1000)',
      ).argParser(integerReader(1, 10_000)),
    );
}

function syntaxOf({ plain, operators }: TextSearchOptions): QuerySyntax {
  if (plain) return 'QUERY_SYNTAX_PLAIN';
  return operators ? 'QUERY_SYNTAX_OPERATORS' : 'QUERY_SYNTAX_UNSPECIFIED';
}

function rerankOf(budgetMs: number | true | undefined): object | null {
  if (budgetMs === undefined) return null;
  return budgetMs === true ? {} : { budget: durationToWire(budgetMs) };
}

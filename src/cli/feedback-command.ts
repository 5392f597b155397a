// `kms feedback`: says what became of a hit.

import { type Command, Option } from 'commander';
import type { FeedbackKind } from '../grpc/generated/kms/v1/FeedbackKind.ts';
import { exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, type ClientOptions } from './common-options.ts';
import { safeJson } from './safe-text.ts';

interface FeedbackOptions extends ClientOptions {
  readonly collection: string;
  readonly solved: boolean;
  readonly notRelevant: boolean;
}

export function addFeedbackCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('feedback')
    .description('Say what became of a hit: that it was opened, that it solved the case, or that it did not.')
    .argument('<search>', 'the search, as `kms search --json` names it (search_id)')
    .argument('<id>', 'the hit')
    .option('-c, --collection <name>', 'the hit’s collection', '')
    .addOption(new Option('--solved', 'it solved the case').default(false).conflicts('notRelevant'))
    .addOption(new Option('--not-relevant', 'it was not what was needed').default(false))
    .addHelpText(
      'after',
      `
Examples:
  kms feedback SEARCH case-17               # it was opened
  kms feedback SEARCH case-17 --solved
  kms feedback SEARCH case-4 --not-relevant

A later word on the same hit takes the place of the one before. \`kms report\` counts them, \`kms judgements\` exports them.`,
    );
  addClientOptions(command).action((searchId: string, id: string, options: FeedbackOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const kind = kindOf(options);
      const request = { searchId, document: { collection: options.collection, id }, kind };
      await connection.call((client, call) => client.recordFeedback(request, call));
      if (options.json) io.stdout.write(`${safeJson({ recorded: true })}\n`);
      else io.stdout.write('recorded\n');
      return exitCodes.done;
    }),
  );
}

function kindOf({ solved, notRelevant }: FeedbackOptions): FeedbackKind {
  if (solved) return 'FEEDBACK_KIND_SOLVED';
  return notRelevant ? 'FEEDBACK_KIND_NOT_RELEVANT' : 'FEEDBACK_KIND_CLICKED';
}

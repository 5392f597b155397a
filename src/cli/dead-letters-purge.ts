// `kms dead-letters purge`: throws documents away that could not be indexed.

import type { Command } from 'commander';
import { exitCodes, say } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions } from './common-options.ts';
import { askYesOrNo } from './confirmation.ts';
import { addFilterOptions, type ChoiceOptions, filterOf, isChosen } from './dead-letter-filter.ts';
import { safeJson } from './safe-text.ts';

interface PurgeOptions extends ChoiceOptions {
  readonly yes: boolean;
}

export function addPurgeCommand(letters: Command, runner: CommandRunner): void {
  const command = addFilterOptions(
    letters
      .command('purge')
      .description('Remove dead letters for good. Their documents are in no other place of the engine.'),
  )
    .option('--all', 'every dead letter', false)
    .option('-y, --yes', 'do not ask', false)
    .addHelpText(
      'after',
      `
Examples:
  kms dead-letters purge --id LETTER
  kms dead-letters purge --source cases --code INVALID_ARGUMENT
  kms dead-letters purge --all --yes

Needs a filter or --all. Asks on a terminal; elsewhere --yes is needed.`,
    );
  addClientOptions(command).action((options: PurgeOptions) =>
    runner.withEngine(options, async (connection, io) => {
      if (!isChosen(io, options)) return exitCodes.usage;
      const question = `remove ${options.all ? 'all dead letters' : 'the matching dead letters'} for good?`;
      const answer = options.yes ? 'yes' : await askYesOrNo(io, question);
      if (answer === 'nobody') {
        say(io, 'nobody is there to ask: add --yes to remove them');
        return exitCodes.usage;
      }
      if (answer === 'no') {
        say(io, 'nothing was removed');
        return exitCodes.failed;
      }
      const request = options.all ? { all: true } : { filter: filterOf(options) };
      const reply = await connection.call((client, call) => client.purgeDeadLetters(request, call));
      const purged = Number(reply.purged);
      io.stdout.write(options.json ? `${safeJson({ purged })}\n` : `${purged} removed\n`);
      return exitCodes.done;
    }),
  );
}

// `kms dead-letters`: the documents that could not be indexed, looked at, sent again and thrown away.

import { type Command, Option } from 'commander';
import { KmsError } from '../base/errors.ts';
import { exitCodes, say } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, type ClientOptions, integerReader } from './common-options.ts';
import { addFilterOptions, type FilterOptions, filterOf } from './dead-letter-filter.ts';
import { letterJson, lettersTable, letterText } from './dead-letter-forms.ts';
import { addPurgeCommand } from './dead-letters-purge.ts';
import { addRetryCommand } from './dead-letters-retry.ts';
import { safeJson } from './safe-text.ts';

interface ListOptions extends FilterOptions {
  readonly limit: number;
}

export function addDeadLettersCommand(program: Command, runner: CommandRunner): void {
  const letters = program
    .command('dead-letters')
    .description('List, show, retry and purge the documents that could not be indexed.')
    .addHelpText(
      'after',
      `
Examples:
  kms dead-letters                          # the oldest ones; the same as kms dead-letters list
  kms dead-letters show LETTER              # why, and the document itself
  kms dead-letters retry --source cases     # after the cause is mended
  kms dead-letters purge --code INVALID_ARGUMENT

Each of them has its own --help.`,
    );
  addListCommand(letters, runner);
  addShowCommand(letters, runner);
  addRetryCommand(letters, runner);
  addPurgeCommand(letters, runner);
}

function addListCommand(letters: Command, runner: CommandRunner): void {
  const command = addFilterOptions(
    letters.command('list', { isDefault: true }).description('List dead letters, the oldest first.'),
  )
    .addOption(
      new Option('-n, --limit <letters>', 'at most this many').default(20).argParser(integerReader(1, 1_000)),
    )
    .addHelpText(
      'after',
      `
Examples:
  kms dead-letters list --stage embed
  kms dead-letters list --json --limit 1000 | jq -r '.dead_letters[].document_id'`,
    );
  addClientOptions(command).action((options: ListOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const request = { filter: filterOf(options), pageSize: options.limit };
      const reply = await connection.call((client, call) => client.listDeadLetters(request, call));
      const { deadLetters, nextPageToken } = reply;
      if (options.json) {
        const rows = deadLetters.map((letter) => letterJson(letter, { withPayload: false }));
        io.stdout.write(`${safeJson({ dead_letters: rows })}\n`);
        return exitCodes.done;
      }
      io.stdout.write(deadLetters.length === 0 ? 'no dead letters\n' : `${lettersTable(deadLetters)}\n`);
      if (nextPageToken !== '') say(io, 'there are more; --limit shows up to 1000');
      return exitCodes.done;
    }),
  );
}

function addShowCommand(letters: Command, runner: CommandRunner): void {
  const command = letters
    .command('show')
    .description('Print one dead letter: why it failed, and the document or the row itself.')
    .argument('<id>', 'the dead letter')
    .addHelpText(
      'after',
      '\nExamples:\n  kms dead-letters show LETTER\n  kms dead-letters show LETTER --json | jq .document',
    );
  addClientOptions(command).action((id: string, options: ClientOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const request = { filter: { ids: [id] }, pageSize: 1, includePayload: true };
      const reply = await connection.call((client, call) => client.listDeadLetters(request, call));
      const [letter] = reply.deadLetters;
      if (letter === undefined) throw new KmsError('not_found', `there is no dead letter ${id}`);
      const shown = options.json
        ? `${safeJson(letterJson(letter, { withPayload: true }))}\n`
        : letterText(letter);
      io.stdout.write(shown);
      return exitCodes.done;
    }),
  );
}

// `kms dead-letters retry`: sends documents that could not be indexed through the engine again.

import type { Command } from 'commander';
import type { DeadLetterFilter } from '../grpc/generated/kms/v1/DeadLetterFilter.ts';
import { exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions } from './common-options.ts';
import type { Connection } from './connection.ts';
import { addFilterOptions, type ChoiceOptions, filterOf, isChosen } from './dead-letter-filter.ts';
import { safeJson } from './safe-text.ts';

/** So many documents are embedded well within the time limit of one call. */
const lettersPerRetry = 50;

export function addRetryCommand(letters: Command, runner: CommandRunner): void {
  const command = addFilterOptions(
    letters
      .command('retry')
      .description('Send dead letters through the engine again; those that get through are removed.'),
  )
    .option('--all', 'every dead letter', false)
    .addHelpText(
      'after',
      `
Examples:
  kms dead-letters retry --id LETTER
  kms dead-letters retry --source cases --stage embed
  kms dead-letters retry --all

Needs a filter or --all. Exit code 3 says that some failed again; "kms dead-letters list" says why.`,
    );
  addClientOptions(command).action((options: ChoiceOptions) =>
    runner.withEngine(options, async (connection, io) => {
      if (!isChosen(io, options)) return exitCodes.usage;
      const counts = await retryAll(connection, filterOf(options));
      const { retried, indexed, failed } = counts;
      const line = `${retried} retried: ${indexed} indexed, ${failed} failed again`;
      io.stdout.write(`${options.json ? safeJson(counts) : line}\n`);
      return failed > 0 ? exitCodes.rejections : exitCodes.done;
    }),
  );
}

/** A page at a time, so that each call ends within the time limit and what was done stays done. */
async function retryAll(connection: Connection, filter: DeadLetterFilter) {
  const counts = { retried: 0, indexed: 0, failed: 0 };
  let pageToken = '';
  do {
    const request = { filter, pageSize: lettersPerRetry, pageToken };
    const page = await connection.call((client, call) => client.listDeadLetters(request, call));
    const ids = page.deadLetters.map(({ id }) => id);
    if (ids.length > 0) {
      const reply = await connection.call((client, call) =>
        client.retryDeadLetters({ filter: { ids } }, call),
      );
      counts.retried += Number(reply.retried);
      counts.indexed += Number(reply.indexed);
      counts.failed += Number(reply.failed);
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return counts;
}

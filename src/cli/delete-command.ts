// `kms delete ID…`: takes documents out of the store and out of every search.

import type { Command } from 'commander';
import { KmsError } from '../base/errors.ts';
import { defaultCollection } from '../model/limits.ts';
import { exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, type ClientOptions } from './common-options.ts';
import { safeJson, safeLine } from './safe-text.ts';

interface DeleteOptions extends ClientOptions {
  readonly collection: string;
  readonly allowMissing: boolean;
}

export function addDeleteCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('delete')
    .description('Delete documents. Each is gone from disk and from every search when its line is printed.')
    .argument('<id...>', 'the documents')
    .option('-c, --collection <name>', 'their collection', defaultCollection)
    .option('--allow-missing', 'a document that does not exist is no failure', false)
    .addHelpText(
      'after',
      `
Examples:
  kms delete CASE-1042 CASE-1043
  kms delete guides/old.md --collection articles --allow-missing

Exit code 1 when a document did not exist (without --allow-missing); the others are deleted nevertheless.`,
    );
  addClientOptions(command).action((ids: readonly string[], options: DeleteOptions) =>
    runner.withEngine(options, async (connection, io) => {
      let missing = 0;
      for (const id of ids) {
        const request = { collection: options.collection, id, allowMissing: options.allowMissing };
        const sequence = await connection
          .call((client, call) => client.deleteDocument(request, call))
          .then(({ commitSequence }) => Number(commitSequence), asMissing);
        const isDeleted = sequence > 0;
        if (!isDeleted) missing += 1;
        const row = { id, collection: options.collection, deleted: isDeleted, commit_sequence: sequence };
        const line = `${isDeleted ? 'deleted' : 'there was no'} ${safeLine(`${options.collection}/${id}`)}`;
        io.stdout.write(`${options.json ? safeJson(row) : line}\n`);
      }
      return missing > 0 && !options.allowMissing ? exitCodes.failed : exitCodes.done;
    }),
  );
}

/** Commit 0 for a document that is not there; every other failure goes on. */
function asMissing(error: unknown): number {
  if (error instanceof KmsError && error.code === 'not_found') return 0;
  throw error;
}

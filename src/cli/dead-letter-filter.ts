// Which dead letters a command is about.

import { type Command, Option } from 'commander';
import type { DeadLetterFilter } from '../grpc/generated/kms/v1/DeadLetterFilter.ts';
import { type CommandIo, say } from './command-io.ts';
import type { ClientOptions } from './common-options.ts';

export interface FilterOptions extends ClientOptions {
  readonly id: readonly string[];
  readonly collection: string;
  readonly source: string;
  readonly stage: string;
  readonly code: string;
}

/** For what changes dead letters. */
export interface ChoiceOptions extends FilterOptions {
  readonly all: boolean;
}

/** `--id`, `--collection`, `--source`, `--stage` and `--code`; all that are given must match. */
export function addFilterOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--id <id>', 'this dead letter; may be given several times')
        .default([], 'any')
        .argParser((id: string, before: readonly string[]) => [...before, id]),
    )
    .option('-c, --collection <name>', 'documents of this collection', '')
    .option('--source <name>', 'documents of this source', '')
    .option('--stage <stage>', 'documents that failed here: read, extract, clean, embed, index', '')
    .option('--code <code>', 'documents that failed for this reason, such as POISONED', '');
}

export function filterOf({ id, collection, source, stage, code }: FilterOptions): DeadLetterFilter {
  return { ids: [...id], collection, source, stage, reason: code.toUpperCase() };
}

/** Whether it was said which ones; "all" must be said, not forgotten. */
export function isChosen(io: CommandIo, options: ChoiceOptions): boolean {
  const { ids, ...texts } = filterOf(options);
  const isFiltered = (ids ?? []).length > 0 || Object.values(texts).some((text) => text !== '');
  if (isFiltered !== options.all) return true;
  const what = options.all ? '--all and a filter exclude each other' : 'which ones? Give a filter, or --all';
  say(io, `${what} (--help shows them)`);
  return false;
}

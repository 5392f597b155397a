// The commands that talk to a running engine, all of them: loaded only when the command line is one of them, because
// the client, the readers of sources and the tables that they print with take a quarter of a second that `kms serve`
// would wait for.

import type { Command } from 'commander';
import type { CommandRunner } from './command-runner.ts';
import { addDeadLettersCommand } from './dead-letters-command.ts';
import { addDeleteCommand } from './delete-command.ts';
import { addFeedbackCommand } from './feedback-command.ts';
import { addGetCommand } from './get-command.ts';
import { addIngestCommand } from './ingest-command.ts';
import { addJobsCommand } from './jobs-command.ts';
import { addJudgementsCommand } from './judgements-command.ts';
import { addListCommand } from './list-command.ts';
import { addReembedCommand } from './reembed-command.ts';
import { addReportCommand } from './report-command.ts';
import { addSearchCommand } from './search-command.ts';
import { addSimilarCommand } from './similar-command.ts';
import { addSourceCommand } from './source-command.ts';
import { addStatusCommand } from './status-command.ts';
import { addSyncCommand } from './sync-command.ts';

export function addClientCommands(program: Command, runner: CommandRunner): void {
  addIngestCommand(program, runner);
  addSearchCommand(program, runner);
  addSimilarCommand(program, runner);
  addGetCommand(program, runner);
  addListCommand(program, runner);
  addDeleteCommand(program, runner);
  addSyncCommand(program, runner);
  addJobsCommand(program, runner);
  addDeadLettersCommand(program, runner);
  addReembedCommand(program, runner);
  addFeedbackCommand(program, runner);
  addReportCommand(program, runner);
  addJudgementsCommand(program, runner);
  addStatusCommand(program, runner);
  addSourceCommand(program, runner);
}

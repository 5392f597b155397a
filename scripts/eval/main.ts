// The process behind `npm run eval`.

import { runEval } from './eval-command.ts';

// An interrupted run leaves no engine and no folder behind: both are ended by this process's `exit`.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

process.exitCode = await runEval(process.argv.slice(2), process);

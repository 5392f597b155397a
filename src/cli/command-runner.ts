// How commands are run: each gives an exit code, none ends the process itself.

import type { CommandIo } from './command-io.ts';
import type { ClientOptions } from './common-options.ts';
import type { Connection } from './connection.ts';

export interface CommandRunner {
  run(action: (io: CommandIo) => Promise<number>): Promise<void>;
  /** With a connection that is closed afterwards. */
  withEngine(
    options: ClientOptions,
    action: (connection: Connection, io: CommandIo) => Promise<number>,
  ): Promise<void>;
}

// An echo server in a process of its own, which says where it listens in its first line and ends with this process at the
// latest.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface EchoProcess {
  /** What its first line says. */
  readonly firstLine: string;
  readonly pid: number;
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

/** `onEnd` is called when it has ended, however that came. */
export async function startEchoProcess(
  program: string,
  args: readonly string[],
  onEnd: () => void,
): Promise<EchoProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      process.off('exit', killWithUs);
      onEnd();
      resolve();
    });
  });
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (typeof value !== 'string') throw new Error(`the echo server ${program} ended before it listened`);
  return {
    firstLine: value,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

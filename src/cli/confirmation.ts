// A question before something that cannot be undone.

import { createInterface } from 'node:readline/promises';
import type { CommandIo } from './command-io.ts';

/** `nobody`: standard input is no terminal, so there is nobody to ask. Whatever is not a clear yes is a no. */
export async function askYesOrNo(io: CommandIo, question: string): Promise<'yes' | 'no' | 'nobody'> {
  if (!('isTTY' in io.stdin) || io.stdin.isTTY !== true) return 'nobody';
  io.stderr.write(`kms: ${question} [y/N] `);
  const lines = createInterface({ input: io.stdin });
  try {
    for await (const line of lines) return /^y(?:es)?$/i.test(line.trim()) ? 'yes' : 'no';
    return 'no';
  } finally {
    lines.close();
  }
}

// What is wrong with a folder of judged data: told with the file and the line, so that it can be put right.

import { KmsError } from '../../src/base/errors.ts';

/** A place in a file; lines count from 1. */
export interface Place {
  readonly path: string;
  readonly line?: number;
}

export function dataFault({ path, line }: Place, what: string, cause?: unknown): KmsError {
  const where = line === undefined ? path : `${path}:${line}`;
  return new KmsError('invalid_argument', `${where}: ${what}`, cause === undefined ? {} : { cause });
}

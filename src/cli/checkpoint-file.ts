// Where an interrupted ingest goes on: the place behind the last acknowledged document, written to a small file beside
// the input. It is always behind the truth, never ahead of it: what it covers was acknowledged before it is written.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { KmsError } from '../base/errors.ts';
import type { SourcePosition } from '../sources/source.ts';

/** What must be the same for a position to mean the same. */
export interface CheckpointSubject {
  /** DocumentSource.identity. */
  readonly identity: string;
  /** The engine that acknowledged: another one does not have the documents. */
  readonly address: string;
  /** The collection that was asked for; empty: none. */
  readonly collection: string;
}

interface CheckpointRow extends CheckpointSubject {
  readonly version: 1;
  readonly position: SourcePosition;
}

export class CheckpointFile {
  readonly #path: string;
  readonly #subject: CheckpointSubject;

  constructor(path: string, subject: CheckpointSubject) {
    this.#path = path;
    this.#subject = subject;
  }

  /** `none`: there is no file. `other`: it belongs to another version of the input, another engine or collection. */
  read():
    | { readonly type: 'position'; readonly position: SourcePosition }
    | { readonly type: 'none' }
    | { readonly type: 'other' } {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { type: 'none' };
      throw error;
    }
    const row = parseRow(text);
    if (row === null) {
      // Refused and not ignored: the path may name a file of somebody else, which the next write would destroy.
      throw new KmsError(
        'invalid_argument',
        `${this.#path} is not a checkpoint; remove it or name another with --checkpoint`,
      );
    }
    const { identity, address, collection } = this.#subject;
    const isOurs = row.identity === identity && row.address === address && row.collection === collection;
    return isOurs ? { type: 'position', position: row.position } : { type: 'other' };
  }

  /** Whole or not at all, also when the power fails: written beside, fsynced, renamed. */
  write(position: SourcePosition): void {
    const row: CheckpointRow = { version: 1, ...this.#subject, position };
    const partPath = `${this.#path}.part`;
    const file = openSync(partPath, 'w');
    try {
      writeSync(file, `${JSON.stringify(row)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partPath, this.#path);
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

function parseRow(text: string): CheckpointRow | null {
  let row: Partial<CheckpointRow> | null;
  try {
    row = JSON.parse(text) as Partial<CheckpointRow> | null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const position = row?.position;
  const isWhole =
    row?.version === 1 &&
    typeof row.identity === 'string' &&
    Number.isSafeInteger(position?.record) &&
    Number.isSafeInteger(position?.offset);
  return isWhole ? (row as CheckpointRow) : null;
}

// The file that says which documents were rejected and why, one JSON line each; it is made only when there is one.

import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import type { FieldViolation } from '../base/errors.ts';

export interface Rejection {
  /** Where it stands in the input: `line 12`, `guides/setup.md`. */
  readonly place: string;
  readonly id: string | null;
  /** From the engine's table of errors, or MALFORMED when the reader could not make a document of it. */
  readonly code: string;
  readonly message: string;
  readonly violations: readonly FieldViolation[];
  /** Whether sending the same document again may succeed. */
  readonly retryable: boolean;
}

export class RejectionReport {
  readonly path: string;
  #file: number | null = null;

  /** `isResumed` keeps what an earlier part of the same ingest reported; else an old report is removed. */
  constructor(path: string, { isResumed }: { readonly isResumed: boolean }) {
    this.path = path;
    if (!isResumed) rmSync(path, { force: true });
  }

  add(rejection: Rejection): void {
    this.#file ??= openSync(this.path, 'a');
    const { place, id, code, message, violations, retryable } = rejection;
    const [first] = violations;
    const row = {
      place,
      id,
      field: first?.field ?? null,
      reason: first?.description ?? message,
      code,
      violations,
      retryable,
    };
    writeSync(this.#file, `${JSON.stringify(row)}\n`);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

// One error class with a closed set of codes, so that every layer can decide by code instead of by text, and so
// that an error survives the way between threads (structured clone loses class, name and code).

/** What each code means, and whether the same call may succeed later without a change by the caller. */
const codes = {
  invalid_argument: { isRetryable: false },
  dimension_mismatch: { isRetryable: false },
  not_found: { isRetryable: false },
  failed_precondition: { isRetryable: false },
  resource_exhausted: { isRetryable: true },
  actor_down: { isRetryable: true },
  unavailable: { isRetryable: true },
  deadline_exceeded: { isRetryable: false },
  cancelled: { isRetryable: false },
  aborted: { isRetryable: true },
  data_loss: { isRetryable: false },
  poisoned: { isRetryable: false },
  internal: { isRetryable: false },
} as const satisfies Record<string, { isRetryable: boolean }>;

export type ErrorCode = keyof typeof codes;

/** One field of the caller's input that is wrong. `field` is a path (`documents[3].title`), `description` says what would be right. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

export interface KmsErrorOptions {
  readonly cause?: unknown;
  readonly violations?: readonly FieldViolation[];
  /** Facts a machine can read: sizes, limits, names. Never document text, never keys. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

export class KmsError extends Error {
  override readonly name = 'KmsError';
  readonly code: ErrorCode;
  readonly violations: readonly FieldViolation[];
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(code: ErrorCode, message: string, options: KmsErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.violations = options.violations ?? [];
    this.facts = options.facts ?? {};
  }

  get isRetryable(): boolean {
    return codes[this.code].isRetryable;
  }
}

/** An error as plain data: what goes through postMessage and into receipts. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly violations: readonly FieldViolation[];
  readonly facts: Readonly<Record<string, string | number>>;
  /** The stack of an unexpected error, for the log only. */
  readonly stack?: string;
}

/** Anything thrown, as data. Whatever is not a KmsError becomes `internal` and keeps its stack for the log. */
export function toFault(error: unknown): Fault {
  if (error instanceof KmsError) {
    const { code, message, violations, facts } = error;
    return { code, message, violations, facts };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {};
  return { code: 'internal', message, violations: [], facts: {}, ...stack };
}

/** The way back from data to an error that can be thrown. */
export function fromFault(fault: Fault): KmsError {
  const cause = fault.stack === undefined ? {} : { cause: fault.stack };
  return new KmsError(fault.code, fault.message, {
    violations: fault.violations,
    facts: fault.facts,
    ...cause,
  });
}

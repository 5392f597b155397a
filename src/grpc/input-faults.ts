// Collects everything that is wrong with one request, so that the caller learns all of it at once.

import { type FieldViolation, KmsError } from '../base/errors.ts';

export class InputFaults {
  readonly #violations: FieldViolation[];
  #mismatch: { readonly expectedDimensions: number; readonly receivedDimensions: number } | null = null;

  constructor(violations: readonly FieldViolation[] = []) {
    this.#violations = [...violations];
  }

  get isEmpty(): boolean {
    return this.#violations.length === 0;
  }

  get violations(): readonly FieldViolation[] {
    return this.#violations;
  }

  /** `field` is a path from the request message in proto names; `description` says what would be right. */
  add(field: string, description: string): void {
    this.#violations.push({ field, description });
  }

  addDimensionMismatch(field: string, expectedDimensions: number, receivedDimensions: number): void {
    this.#mismatch = { expectedDimensions, receivedDimensions };
    this.add(field, `has ${receivedDimensions} values: the vector space has ${expectedDimensions}`);
  }

  /** The faults of one part (`documents[3]`), to be judged apart from its neighbours. */
  below(path: string): InputFaults {
    if (this.isEmpty) return new InputFaults();
    return new InputFaults(
      this.#violations.filter(({ field }) => field === path || field.startsWith(`${path}.`)),
    );
  }

  toError(): KmsError {
    const [first] = this.#violations;
    const more = this.#violations.length > 1 ? ` (and ${this.#violations.length - 1} more)` : '';
    const isMismatchAlone = this.#mismatch !== null && this.#violations.length === 1;
    return new KmsError(
      isMismatchAlone ? 'dimension_mismatch' : 'invalid_argument',
      `${first?.field || 'request'}: ${first?.description ?? 'is not valid'}${more}`,
      { violations: this.#violations, facts: this.#mismatch ?? {} },
    );
  }

  throwIfAny(): void {
    if (!this.isEmpty) throw this.toError();
  }
}

// Whether documents that bring their vector are compared with what is stored before they are cleaned. For a text the
// question saves an inference; here it saves the cleaning alone, and costs a way to the shard's thread and back, while the
// commit asks the same question anyway. So it is worth it only for a client that sends what is there already.

/** Of the documents of a message: from this share on the next message is asked about first. */
const unchangedShareMin = 0.5;

export class CompareChoice {
  #isWorthwhile = false;

  get isWorthwhile(): boolean {
    return this.#isWorthwhile;
  }

  /** Of so many documents so many were there already, whoever found that out. */
  learn({ documents, unchanged }: { readonly documents: number; readonly unchanged: number }): void {
    if (documents > 0) this.#isWorthwhile = unchanged >= documents * unchangedShareMin;
  }
}

// The vectors of the tail that wait for their place in the graph, oldest first, each with the change that brought it.
// What the oldest one's number tells is all that a snapshot needs to know: every earlier change is in the graph.

/** A vector of the tail, and the change that brought it. */
export interface Move {
  readonly label: number;
  readonly sequence: number;
}

/** Heads are cut off in blocks, so that taking one costs nothing. */
const headMax = 4_096;

export class MoveQueue {
  #labels: number[] = [];
  #sequences: number[] = [];
  #head = 0;

  get length(): number {
    return this.#labels.length - this.#head;
  }

  /** The change that the oldest waiting vector belongs to; Infinity when nothing waits. */
  get oldestSequence(): number {
    return this.#sequences[this.#head] ?? Number.POSITIVE_INFINITY;
  }

  /** Changes come in order. */
  push(label: number, sequence: number): void {
    this.#labels.push(label);
    this.#sequences.push(sequence);
  }

  shift(): Move | undefined {
    const label = this.#labels[this.#head];
    const sequence = this.#sequences[this.#head];
    if (label === undefined || sequence === undefined) return undefined;
    this.#head++;
    if (this.#head >= headMax) this.#cut();
    return { label, sequence };
  }

  /** Forgets the ones that are gone; for collections whose vectors never move. */
  keep(isWanted: (label: number) => boolean): void {
    this.#cut();
    const kept = this.#labels.map((label, i) => ({ label, sequence: this.#sequences[i] as number }));
    const wanted = kept.filter(({ label }) => isWanted(label));
    this.#labels = wanted.map(({ label }) => label);
    this.#sequences = wanted.map(({ sequence }) => sequence);
  }

  clear(): void {
    this.#labels = [];
    this.#sequences = [];
    this.#head = 0;
  }

  #cut(): void {
    this.#labels = this.#labels.slice(this.#head);
    this.#sequences = this.#sequences.slice(this.#head);
    this.#head = 0;
  }
}

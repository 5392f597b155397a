// The best documents of one source, exactly, without looking at all postings: MaxScore (Turtle & Flood 1995), window by
// window as Lucene does it. Once the top is filled, terms whose bounds together cannot lift a document into it are no
// longer walked; they are only looked up for documents that another term has brought up.

import { countOfCode, overflowCode } from './posting-code.ts';
import { countAt, type HeldTerm, type SourceQuery, seek } from './source-query.ts';
import type { TopHits } from './top-hits.ts';

/** Documents of a window: their scores stay in the processor's first cache. */
const windowDocuments = 4_096;
/** Postings between two looks at who else waits: some 0.3 ms. */
const postingsPerUnit = 50_000;
/** A sum of bounds may be some bits less than the same sum of scores in another order. */
const roundingSlack = 1 - 1e-12;

export interface SearchOptions {
  /** The source's place, for the hits. */
  readonly place: number;
  /** By first label; null: all. */
  readonly allows: ((label: number) => boolean) | null;
  readonly giveWay: () => void;
}

/**
 * Puts the source's best documents into `top`, which may hold hits of others already. Returns how many postings it has
 * looked at, or looked for.
 */
export function searchSource(query: SourceQuery, top: TopHits, options: SearchOptions): number {
  const room = spareRoom ?? newRoom();
  spareRoom = null;
  const looked = new SourceSearch(query, top, options, room).run();
  // After a failure it is left out: it may not be all zero.
  spareRoom = room;
  return looked;
}

/** What a window is worked on in. */
interface WindowRoom {
  /** By place in the window; all zero between two windows. */
  readonly scores: Float64Array;
  /** Documents that may enter the top, ascending, and what they have scored. */
  readonly ordinals: Uint16Array;
  readonly partial: Float64Array;
}

/** For the next search of this thread; null while one that gives way uses it. */
let spareRoom: WindowRoom | null = null;

function newRoom(): WindowRoom {
  return {
    scores: new Float64Array(windowDocuments),
    ordinals: new Uint16Array(windowDocuments),
    partial: new Float64Array(windowDocuments),
  };
}

class SourceSearch {
  readonly #query: SourceQuery;
  readonly #top: TopHits;
  readonly #options: SearchOptions;
  readonly #room: WindowRoom;
  readonly #cursors: Uint32Array;
  /** [i]: no document scores more by the terms from i on. */
  readonly #boundFrom: Float64Array;
  #looked = 0;
  #lookedAtRest = 0;

  constructor(query: SourceQuery, top: TopHits, options: SearchOptions, room: WindowRoom) {
    this.#query = query;
    this.#top = top;
    this.#options = options;
    this.#room = room;
    const { terms } = query;
    this.#cursors = Uint32Array.from(terms, ({ start }) => start);
    this.#boundFrom = new Float64Array(terms.length + 1);
    for (let i = terms.length - 1; i >= 0; i--) {
      this.#boundFrom[i] = (this.#boundFrom[i + 1] as number) + (terms[i] as HeldTerm).bound;
    }
  }

  run(): number {
    const { source, terms } = this.#query;
    let essential = terms.length;
    for (;;) {
      const reach = this.#top.threshold * roundingSlack;
      while (essential > 0 && (this.#boundFrom[essential - 1] as number) < reach) essential--;
      const start = this.#nextOrdinal(essential);
      if (start === source.documents) return this.#looked;
      const end = Math.min(start + windowDocuments, source.documents);
      for (let i = 0; i < essential; i++) this.#walk(i, start, end);
      let candidates = this.#gather(start, end, (this.#boundFrom[essential] as number) - reach);
      for (let i = essential; i < terms.length && candidates > 0; i++) {
        this.#lookUp(i, candidates);
        candidates = this.#keep(candidates, (this.#boundFrom[i + 1] as number) - reach);
      }
      this.#enter(candidates);
    }
  }

  /** The first document that an essential term brings up. */
  #nextOrdinal(essential: number): number {
    const { source, terms } = this.#query;
    let next = source.documents;
    for (let i = 0; i < essential; i++) {
      const cursor = this.#cursors[i] as number;
      if (cursor < (terms[i] as HeldTerm).end) next = Math.min(next, source.ordinals[cursor] as number);
    }
    return next;
  }

  /** Adds what the term scores to the documents of the window. */
  #walk(index: number, windowStart: number, windowEnd: number): void {
    const { source, plan, terms } = this.#query;
    const { ordinals, codes, weightedLengths } = source;
    const { scores } = this.#room;
    const { halfOfNone, halfPerUnit } = plan;
    const { number, end, weightedIdf } = terms[index] as HeldTerm;
    const from = this.#cursors[index] as number;
    let place = from;
    for (; place < end; place++) {
      const ordinal = ordinals[place] as number;
      if (ordinal >= windowEnd) break;
      const code = codes[place] as number;
      const count = code === overflowCode ? countAt(source, number, place) : (countOfCode[code] as number);
      const half = halfOfNone + (weightedLengths[ordinal] as number) * halfPerUnit;
      const slot = ordinal - windowStart;
      scores[slot] = (scores[slot] as number) + (weightedIdf * count) / (count + half);
    }
    this.#cursors[index] = place;
    this.#rest(place - from);
  }

  /**
   * Clears the window; returns the number of documents whose scores are above 0 and not below `-lead`. Every slot is
   * written down and kept or not by a count: a branch that nobody can predict costs three times as much.
   */
  #gather(windowStart: number, windowEnd: number, lead: number): number {
    const { scores, ordinals, partial } = this.#room;
    const slots = windowEnd - windowStart;
    const below = Math.min(lead, -Number.MIN_VALUE);
    let candidates = 0;
    for (let slot = 0; slot < slots; slot++) {
      const score = scores[slot] as number;
      scores[slot] = 0;
      ordinals[candidates] = windowStart + slot;
      partial[candidates] = score;
      if (score + below >= 0) candidates++;
    }
    return candidates;
  }

  /** Adds what a term that is not essential scores to the candidates. */
  #lookUp(index: number, candidates: number): void {
    const { source, plan, terms } = this.#query;
    const { ordinals, weightedLengths } = source;
    const { halfOfNone, halfPerUnit } = plan;
    const { number, end, weightedIdf } = terms[index] as HeldTerm;
    const { ordinals: asked, partial } = this.#room;
    let place = this.#cursors[index] as number;
    for (let i = 0; i < candidates; i++) {
      const ordinal = asked[i] as number;
      place = seek(ordinals, place, end, ordinal);
      if (place === end) break;
      if (ordinals[place] !== ordinal) continue;
      const count = countAt(source, number, place);
      const half = halfOfNone + (weightedLengths[ordinal] as number) * halfPerUnit;
      partial[i] = (partial[i] as number) + (weightedIdf * count) / (count + half);
    }
    this.#cursors[index] = place;
    this.#rest(candidates);
  }

  /** Drops candidates that have fallen behind; returns how many are left. */
  #keep(candidates: number, lead: number): number {
    const { ordinals, partial } = this.#room;
    let kept = 0;
    for (let i = 0; i < candidates; i++) {
      const score = partial[i] as number;
      if (score + lead < 0) continue;
      ordinals[kept] = ordinals[i] as number;
      partial[kept++] = score;
    }
    return kept;
  }

  #enter(candidates: number): void {
    const { source } = this.#query;
    const { labels } = source.columns;
    const { allows, place } = this.#options;
    const { ordinals, partial } = this.#room;
    let { threshold } = this.#top;
    for (let i = 0; i < candidates; i++) {
      const score = partial[i] as number;
      if (score < threshold) continue;
      const ordinal = ordinals[i] as number;
      if (source.isRemoved(ordinal)) continue;
      const label = labels[ordinal] as number;
      if (!this.#top.accepts(score, label) || allows?.(label) === false) continue;
      this.#top.push({ label, score, source: place, ordinal });
      threshold = this.#top.threshold;
    }
  }

  #rest(looked: number): void {
    this.#looked += looked;
    if (this.#looked - this.#lookedAtRest < postingsPerUnit) return;
    this.#lookedAtRest = this.#looked;
    this.#options.giveWay();
  }
}

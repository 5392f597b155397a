// From all that a hit must pass to one selection of labels: the filter by the secondary indexes, phrases and excluded
// words by the postings. Postings know which documents hold the words of a phrase, not whether they stand side by side,
// so those documents are read: a few at once, many only when they are about to become hits.

import type { CollectionRow } from '../../storage/document-record.ts';
import type { CollectionWords } from './collection-words.ts';
import type { Constraint } from './index-messages.ts';
import { type Selection, selectLabels } from './label-selection.ts';
import { PhraseCheck, wordsOf } from './phrase-check.ts';
import { LabelBlocks } from './selection-blocks.ts';
import type { ShardState } from './shard-state.ts';
import { TermHolders } from './term-holders.ts';
import type { TextReads } from './text-reads.ts';

export interface ConstraintRequest {
  readonly row: CollectionRow;
  readonly words: CollectionWords;
  readonly constraint: Constraint;
  /** What the search may read, over all its collections. */
  readonly reads: TextReads;
  readonly giveWay: () => void;
}

type Phrase = Constraint['phrases'][number];

interface PhraseRequest extends Omit<ConstraintRequest, 'words' | 'constraint'> {
  readonly holders: TermHolders;
}

/** Up to so many documents are read at once to see whether a phrase stands in them: 20 µs each, giving way. */
const readAtOnceMax = 128;

export function selectConstrained(state: ShardState, request: ConstraintRequest): Selection {
  const { row, reads, constraint, giveWay } = request;
  const { filter, phrases, excludedPhrases, excludedTerms } = constraint;
  const holders = new TermHolders(request.words, giveWay);
  const asked: PhraseRequest = { row, reads, holders, giveWay };
  let selection =
    filter === null
      ? everyDocument(state, row.number)
      : selectLabels(state.store.attributes, row.number, filter);
  for (const term of excludedTerms) {
    selection = without(state, row.number, selection, holders.of(term));
    giveWay();
  }
  for (const phrase of phrases) {
    selection = withPhrase(state, asked, selection, phrase);
    giveWay();
  }
  for (const phrase of excludedPhrases) {
    selection = withoutPhrase(state, asked, selection, phrase);
    giveWay();
  }
  return selection;
}

/** What passes when nothing is asked. */
export function everyDocument(state: ShardState, collection: number): Selection {
  const firsts = state.firstLabels(collection);
  return {
    labels: null,
    isExact: true,
    documents: firsts.count,
    firsts,
    passes: () => true,
    throwFault: () => undefined,
  };
}

function withPhrase(
  state: ShardState,
  request: PhraseRequest,
  selection: Selection,
  phrase: Phrase,
): Selection {
  const labels = common(selection.labels, holdersOf(request, phrase));
  const check = checkOf(state, request, phrase);
  const passes = (label: number) =>
    (labels === null || labels.has(label)) &&
    selection.passes(label) &&
    check.holds(selection.firsts.upTo(label));
  return narrowed(state, request.row.number, { ...selection, labels, passes }, check);
}

function withoutPhrase(
  state: ShardState,
  request: PhraseRequest,
  selection: Selection,
  phrase: Phrase,
): Selection {
  const holders = holdersOf(request, phrase);
  const check = checkOf(state, request, phrase);
  const passes = (label: number) =>
    selection.passes(label) &&
    !((holders === null || holders.has(label)) && check.holds(selection.firsts.upTo(label)));
  return narrowed(state, request.row.number, { ...selection, passes }, check);
}

/** The labels of the documents that hold the words of a phrase; null: it has none that narrow it down. */
function holdersOf({ holders }: PhraseRequest, phrase: Phrase): LabelBlocks | null {
  const terms = wordsOf(phrase.terms);
  return terms.length === 0 ? null : holders.ofAll(terms);
}

function checkOf(state: ShardState, { row, reads }: PhraseRequest, { text }: Phrase): PhraseCheck {
  return new PhraseCheck(state.store, reads, { collection: row.name, number: row.number, text });
}

/** The selection with a test that reads documents: made exact by asking them all when they are few. */
function narrowed(
  state: ShardState,
  collection: number,
  selection: Omit<Selection, 'throwFault'> & Pick<Selection, 'throwFault'>,
  check: PhraseCheck,
): Selection {
  const throwFault = () => {
    selection.throwFault();
    check.throwFault();
  };
  const documents =
    selection.labels === null ? selection.firsts.count : selection.labels.countIn(selection.firsts);
  if (documents > readAtOnceMax) {
    return { ...selection, isExact: false, documents: Math.min(selection.documents, documents), throwFault };
  }
  const passing = new LabelBlocks();
  const candidates = selection.labels ?? state.allLabels(collection);
  for (const label of candidates.labels()) if (selection.passes(label)) passing.add(label);
  throwFault();
  return exactly(passing, selection.firsts);
}

function without(
  state: ShardState,
  collection: number,
  selection: Selection,
  excluded: LabelBlocks,
): Selection {
  const labels = (selection.labels ?? state.allLabels(collection)).andNot(excluded);
  if (selection.isExact) return exactly(labels, selection.firsts);
  const documents = Math.min(selection.documents, labels.countIn(selection.firsts));
  return { ...selection, labels, documents, passes: (label) => labels.has(label) && selection.passes(label) };
}

function exactly(labels: LabelBlocks, firsts: LabelBlocks): Selection {
  return {
    labels,
    isExact: true,
    documents: labels.countIn(firsts),
    firsts,
    passes: (label) => labels.has(label),
    throwFault: () => undefined,
  };
}

function common(a: LabelBlocks | null, b: LabelBlocks | null): LabelBlocks | null {
  return a === null || b === null ? (a ?? b) : a.and(b);
}

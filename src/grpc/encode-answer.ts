// The answers of searches from the model to bytes. The hits, which are nearly all of an answer, are written field by field
// (message-writer.ts says why); facets and explanations are rare, and take proto-loader's way.

import { KmsError } from '../base/errors.ts';
import type { Attributes, AttributeValue, StoredDocument } from '../model/document.ts';
import { limits } from '../model/limits.ts';
import type {
  FilterPlan,
  HitExplanation,
  RerankOutcome,
  SearchAnswer,
  SearchHit,
  SearchTimings,
} from '../model/query.ts';
import type { FindSimilarResponse } from './generated/kms/v1/FindSimilarResponse.ts';
import type { SearchResponse } from './generated/kms/v1/SearchResponse.ts';
import { type EncodedMessage, MessageWriter } from './message-writer.ts';
import { serviceDefinitions } from './service-definitions.ts';
import type { AnswerOptions } from './wire-answer.ts';
import { explanationToWire } from './wire-explanation.ts';
import { facetToWire } from './wire-filter.ts';
import { vectorToWire } from './wire-vector.ts';

type Rare = Pick<SearchResponse & FindSimilarResponse, 'facets' | 'explanation'>;

/** Where the two kinds of answers differ. */
interface Layout {
  readonly serializeRare: (rare: Rare) => Buffer;
  /** Field numbers; null: there is no such field. */
  readonly rerank: number | null;
  readonly correctedText: number | null;
}

const searchLayout: Layout = {
  serializeRare: serviceDefinitions.search.Search.responseSerialize,
  rerank: 6,
  correctedText: 7,
};
const similarLayout: Layout = {
  serializeRare: serviceDefinitions.search.FindSimilar.responseSerialize,
  rerank: null,
  correctedText: null,
};

/** Values of kms.v1.FilterPlan. */
const filterPlans: Readonly<Record<FilterPlan, number>> = { none: 1, scan: 2, graph: 3, fallback: 4 };
/** Values of kms.v1.RerankOutcome. */
const rerankOutcomes: Readonly<Record<RerankOutcome, number>> = {
  none: 1,
  done: 2,
  over_budget: 3,
  unavailable: 4,
};

/** One for all, since nothing waits while a message is written. */
const writer = new MessageWriter(limits.messageBytesMax);

/** A SearchResponse. Throws `invalid_argument` when it would not fit into a message, as do all of these. */
export function encodeAnswer(answer: SearchAnswer, options: AnswerOptions): EncodedMessage {
  return encoded(() => writeAnswer(answer, options, searchLayout));
}

/** A FindSimilarResponse. */
export function encodeSimilar(answer: SearchAnswer, options: AnswerOptions): EncodedMessage {
  return encoded(() => writeAnswer(answer, options, similarLayout));
}

/** A BatchSearchResponse; `options` index-aligned with the answers. */
export function encodeAnswers(
  answers: readonly SearchAnswer[],
  options: readonly AnswerOptions[],
): EncodedMessage {
  return encoded(() => {
    for (const [i, answer] of answers.entries()) {
      const shown = options[i] ?? { omitBody: false };
      const start = writer.open(1);
      writeAnswer(answer, shown, searchLayout);
      writer.close(start);
    }
  });
}

/** A SearchStreamResponse with a result. */
export function encodeStreamed(
  requestId: string,
  answer: SearchAnswer,
  options: AnswerOptions,
): EncodedMessage {
  return encoded(() => {
    writer.text(1, requestId);
    const start = writer.open(2);
    writeAnswer(answer, options, searchLayout);
    writer.close(start);
  });
}

function encoded(write: () => void): EncodedMessage {
  writer.begin();
  try {
    write();
    const message = writer.finish();
    if (message.bytes.length > limits.messageBytesMax) throw tooManyBytes();
    return message;
  } catch (error) {
    if (error instanceof KmsError && error.code === 'resource_exhausted') throw tooManyBytes();
    throw error;
  }
}

function tooManyBytes(): KmsError {
  const description = `gives an answer of more than ${limits.messageBytesMax} bytes: ask for fewer hits, or set omit_body`;
  return new KmsError('invalid_argument', `limit: ${description}`, {
    violations: [{ field: 'limit', description }],
    facts: { messageBytesMax: limits.messageBytesMax },
  });
}

function writeAnswer(answer: SearchAnswer, options: AnswerOptions, layout: Layout): void {
  for (const hit of answer.hits) {
    const start = writer.open(1);
    writeHit(hit, options);
    writer.close(start);
  }
  writeTimings(2, answer.timings);
  writer.text(3, answer.searchId);
  writer.whole(5, filterPlans[answer.filterPlan]);
  if (layout.rerank !== null) writer.whole(layout.rerank, rerankOutcomes[answer.rerank]);
  if (layout.correctedText !== null) writer.text(layout.correctedText, answer.correctedText);
  const { facets, explanation } = answer;
  if (facets.length === 0 && explanation === null) return;
  writer.fields(
    layout.serializeRare({
      facets: facets.map(facetToWire),
      explanation: explanation === null ? null : explanationToWire(explanation),
    }),
  );
}

function writeTimings(field: number, timings: SearchTimings): void {
  const { embedMs, searchMs, totalMs, rankMs, rerankMs, fetchMs } = timings;
  const start = writer.open(field);
  writer.double(1, embedMs);
  writer.double(2, searchMs);
  writer.double(3, totalMs);
  writer.double(4, rankMs);
  writer.double(5, rerankMs);
  writer.double(6, fetchMs);
  writer.close(start);
}

function writeHit(hit: SearchHit, options: AnswerOptions): void {
  writeDocument(1, hit.document, options);
  writer.double(2, hit.cosine);
  writer.double(3, hit.lexicalScore);
  writer.double(4, hit.score);
  writer.text(5, hit.snippet);
  writer.text(6, hit.document.generation);
  writer.double(7, hit.confidence);
  writer.whole(8, hit.isPinned ? 1 : 0);
  writer.texts(9, hit.matchedTerms);
  for (const { start, end } of hit.highlights) {
    const range = writer.open(10);
    writer.whole(1, start);
    writer.whole(2, end);
    writer.close(range);
  }
  for (const { collection, id } of hit.duplicates) {
    const name = writer.open(11);
    writer.text(1, collection);
    writer.text(2, id);
    writer.close(name);
  }
  const { explanation } = hit;
  if (explanation !== null) writeHitExplanation(12, explanation);
}

/** On the wire 0 stands for a rank that there is not. */
function writeHitExplanation(field: number, explanation: HitExplanation): void {
  const start = writer.open(field);
  writer.whole(1, explanation.semanticRank ?? 0);
  writer.whole(2, explanation.lexicalRank ?? 0);
  writer.whole(3, explanation.fusedRank);
  writer.whole(4, explanation.rerankedRank ?? 0);
  writer.double(5, explanation.rerankScore ?? 0);
  writer.double(6, explanation.coverage);
  writer.double(7, explanation.prior);
  writer.close(start);
}

function writeDocument(field: number, document: StoredDocument, { omitBody }: AnswerOptions): void {
  const start = writer.open(field);
  writer.text(1, document.id);
  writer.text(2, document.collection);
  writer.text(3, document.title);
  if (!omitBody) writer.text(4, document.body);
  writer.text(5, document.mediaType);
  writeAttributes(document.attributes);
  const { updateTimeMs, vectors } = document;
  if (updateTimeMs !== null) writeTime(7, updateTimeMs);
  if (vectors !== null) writer.bytes(8, vectorToWire(vectors));
  writer.text(9, document.contentHash);
  writer.whole(10, document.commitSequence);
  writeTime(11, document.commitTimeMs);
  writer.text(12, document.generation);
  writer.whole(13, document.chunkCount);
  writer.close(start);
}

function writeAttributes(attributes: Attributes): void {
  for (const name in attributes) {
    const value = attributes[name];
    if (value === undefined) continue;
    const entry = writer.open(6);
    writer.text(1, name);
    writeAttribute(2, value);
    writer.close(entry);
  }
}

function writeAttribute(field: number, value: AttributeValue): void {
  const start = writer.open(field);
  if (typeof value === 'string') writer.textOf(1, value);
  else if (typeof value === 'number') writer.doubleOf(2, value);
  else if (typeof value === 'boolean') writer.wholeOf(3, value ? 1 : 0);
  else if ('timeMs' in value) writeTime(4, value.timeMs);
  else {
    const list = writer.open(5);
    writer.texts(1, value);
    writer.close(list);
  }
  writer.close(start);
}

/** google.protobuf.Timestamp */
function writeTime(field: number, timeMs: number): void {
  const start = writer.open(field);
  const seconds = Math.floor(timeMs / 1000);
  if (seconds < 0) writer.negative(1, seconds);
  else writer.whole(1, seconds);
  writer.whole(2, Math.floor((timeMs - seconds * 1000) * 1e6));
  writer.close(start);
}

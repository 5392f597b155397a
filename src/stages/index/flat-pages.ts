// Pages cross from the index thread as one text and one array of numbers. Ten hits as nested objects cost 35 µs to send
// and 79 µs to receive, most of it for the names of their properties, which are written and read for each object anew;
// like this it is about a tenth. Writer and reader go through the fields in the same order; nothing else knows it.

import { KmsError } from '../../base/errors.ts';
import type { Attributes, AttributeValue, MediaType, StoredDocument } from '../../model/document.ts';
import type { Highlight } from '../../model/query.ts';
import { FlatReader, FlatWriter } from './flat-values.ts';
import type { FlatPages, PageHit, ShardPage } from './page-messages.ts';

type FlatType = 'string' | 'number' | 'boolean' | 'time' | 'list';
/** A type's place is its number; never leaves the process, so the order may change. */
const types: readonly FlatType[] = ['string', 'number', 'boolean', 'time', 'list'];

/** Without attributes, highlights and terms some 25; with a few of them it grows once. */
const numbersPerHit = 40;

export function writePages(pages: readonly ShardPage[]): FlatPages {
  const hits = pages.reduce((sum, page) => sum + page.hits.length, 0);
  const flat = new FlatWriter(hits * numbersPerHit);
  flat.number(pages.length);
  for (const page of pages) writePage(flat, page);
  return flat.finish();
}

export function readPages(pages: FlatPages): ShardPage[] {
  const flat = new FlatReader(pages);
  return flat.list(readPage);
}

function writePage(flat: FlatWriter, page: ShardPage): void {
  flat.numberOrNull(page.semanticWeight);
  flat.number(page.semanticCandidates);
  flat.number(page.lexicalCandidates);
  flat.number(page.hits.length);
  for (const hit of page.hits) writeHit(flat, hit);
}

function readPage(flat: FlatReader): ShardPage {
  const semanticWeight = flat.numberOrNull();
  const semanticCandidates = flat.number();
  const lexicalCandidates = flat.number();
  return { semanticWeight, semanticCandidates, lexicalCandidates, hits: flat.list(readHit) };
}

function writeHit(flat: FlatWriter, hit: PageHit): void {
  writeDocument(flat, hit.document);
  flat.text(hit.snippet);
  flat.number(hit.highlights.length);
  for (const { start, end } of hit.highlights) {
    flat.number(start);
    flat.number(end);
  }
  flat.number(hit.matchedTerms.length);
  for (const term of hit.matchedTerms) flat.text(term);
  flat.number(hit.chunk);
  flat.numberOrNull(hit.cosine);
  flat.numberOrNull(hit.lexicalScore);
  flat.number(hit.coverage);
  flat.numberOrNull(hit.semanticRank);
  flat.numberOrNull(hit.lexicalRank);
  flat.number(hit.score);
  flat.number(hit.confidence);
  flat.number(hit.isPinned ? 1 : 0);
  flat.number(hit.fusedRank);
}

function readHit(flat: FlatReader): PageHit {
  // In the order of writing: what an object literal lists first is read first.
  return {
    document: readDocument(flat),
    snippet: flat.text(),
    highlights: flat.list(readHighlight),
    matchedTerms: flat.list(readText),
    chunk: flat.number(),
    cosine: flat.numberOrNull(),
    lexicalScore: flat.numberOrNull(),
    coverage: flat.number(),
    semanticRank: flat.numberOrNull(),
    lexicalRank: flat.numberOrNull(),
    score: flat.number(),
    confidence: flat.number(),
    isPinned: flat.number() === 1,
    fusedRank: flat.number(),
  };
}

function readHighlight(flat: FlatReader): Highlight {
  return { start: flat.number(), end: flat.number() };
}

function readText(flat: FlatReader): string {
  return flat.text();
}

function writeDocument(flat: FlatWriter, document: StoredDocument): void {
  flat.name(document.collection);
  flat.key(document.id);
  flat.text(document.title);
  flat.text(document.body);
  flat.name(document.mediaType);
  writeAttributes(flat, document.attributes);
  flat.numberOrNull(document.updateTimeMs);
  flat.text(document.contentHash);
  flat.number(document.commitSequence);
  flat.number(document.commitTimeMs);
  flat.name(document.generation);
  flat.number(document.chunkCount);
  flat.rows(document.vectors);
}

function readDocument(flat: FlatReader): StoredDocument {
  return {
    collection: flat.name(),
    id: flat.key(),
    title: flat.text(),
    body: flat.text(),
    mediaType: flat.name() as MediaType,
    attributes: readAttributes(flat),
    updateTimeMs: flat.numberOrNull(),
    contentHash: flat.text(),
    commitSequence: flat.number(),
    commitTimeMs: flat.number(),
    generation: flat.name(),
    chunkCount: flat.number(),
    vectors: flat.rows(),
  };
}

function writeAttributes(flat: FlatWriter, attributes: Attributes): void {
  const entries = Object.entries(attributes);
  flat.number(entries.length);
  for (const [name, value] of entries) {
    flat.text(name);
    writeAttribute(flat, value);
  }
}

function readAttributes(flat: FlatReader): Attributes {
  // From entries: an assignment would lose a name like `__proto__`.
  return Object.fromEntries(flat.list(readAttribute));
}

function writeAttribute(flat: FlatWriter, value: AttributeValue): void {
  const type = typeOf(value);
  flat.number(types.indexOf(type));
  if (typeof value === 'string') flat.text(value);
  else if (typeof value === 'number') flat.number(value);
  else if (typeof value === 'boolean') flat.number(value ? 1 : 0);
  else if ('timeMs' in value) flat.number(value.timeMs);
  else {
    flat.number(value.length);
    for (const text of value) flat.text(text);
  }
}

function readAttribute(flat: FlatReader): [string, AttributeValue] {
  const name = flat.text();
  return [name, readValue(flat)];
}

function readValue(flat: FlatReader): AttributeValue {
  const type = types[flat.number()];
  switch (type) {
    case 'string':
      return flat.text();
    case 'number':
      return flat.number();
    case 'boolean':
      return flat.number() === 1;
    case 'time':
      return { timeMs: flat.number() };
    case 'list':
      return flat.list(readText);
    default:
      throw new KmsError('internal', 'a flat page does not read as it was written');
  }
}

function typeOf(value: AttributeValue): FlatType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return 'timeMs' in value ? 'time' : 'list';
}

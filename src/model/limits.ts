// The bounds of the public API, in one place: wire.ts checks them, GetStatus publishes them, docs quote them.

import { filterLimits } from './filter.ts';

export const limits = {
  /** One gRPC message, either way. 16 MiB holds 200 documents of 80 KiB. */
  messageBytesMax: 16 * 1024 * 1024,
  /** Documents in one ingest or batch-upsert message. 64 to 200 is the sweet spot. */
  documentsPerMessageMax: 1_000,
  /** UTF-8 bytes of an id: a key of the store is at most 1,978 bytes, and holds collection and id. */
  idBytesMax: 512,
  /** Characters of a collection name. */
  collectionCharactersMax: 64,
  titleBytesMax: 4 * 1024,
  bodyBytesMax: 4 * 1024 * 1024,
  attributesMax: 64,
  attributeNameBytesMax: 128,
  attributeValueBytesMax: 8 * 1024,
  /** Strings in one string list attribute. */
  attributeListMax: 256,
  queryBytesMax: 32 * 1024,
  /** Hits of one search. */
  searchLimitMax: 1_000,
  searchLimitDefault: 10,
  /** Queries in one BatchSearch. */
  queriesPerBatchMax: 256,
  /** Hits that the queries of one BatchSearch may ask for together, offsets included. */
  hitsPerBatchMax: 10_000,
  /** UTF-8 bytes of a streamed search's own name. */
  requestIdBytesMax: 128,
  collectionsPerSearchMax: 64,
  pageSizeMax: 1_000,
  pageSizeDefault: 100,
  efMax: 4_096,
  /** UTF-8 bytes of an id that the engine gives out: of a job, of a dead letter. */
  engineIdBytesMax: 128,
  sourceNameBytesMax: 128,
  /** Ids in one filter of dead letters. */
  deadLetterIdsMax: 1_000,
  filterDepthMax: filterLimits.depthMax,
  filterConditionsMax: filterLimits.conditionsMax,
  filterValuesMax: filterLimits.valuesMax,
  /** Facets of one search: each is counted over all documents that pass the filter. */
  facetsMax: 16,
  facetValuesMax: 100,
  facetValuesDefault: 10,
  /** Boosts of one search. Each is a filter that is tried on every candidate. */
  boostsMax: 16,
  /** Documents that one FindSimilar may name as examples. */
  examplesMax: 32,
  /** Slow searches, and zero-result queries, in one report. */
  reportRowsMax: 1_000,
  reportRowsDefault: 20,
} as const;

/** Lower-case letters, digits, `_`, `-` and `.`, starting with a letter or digit: safe as a folder and a metric label. */
export const collectionNamePattern = /^[a-z0-9][a-z0-9_.-]{0,63}$/;
export const defaultCollection = 'cases';

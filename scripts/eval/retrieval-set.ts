// Reads a set in the BEIR layout (Thakur et al. 2021): corpus.jsonl, queries.jsonl, qrels/test.tsv. All of it is held in
// memory, which is right for sets of up to about a million documents.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { dataFault } from './data-fault.ts';
import { fileLines, jsonLines } from './file-lines.ts';
import type { CorpusDocument, JudgedQuery, RetrievalSet } from './judged-set.ts';

export function isRetrievalFolder(folder: string): boolean {
  // Any of its files: one that lacks another is told so, not passed over.
  return ['corpus.jsonl', 'queries.jsonl', 'qrels'].some((name) => existsSync(join(folder, name)));
}

/** Rejects with `invalid_argument`, naming file and line, when a file is missing, empty or malformed. */
export async function readRetrievalSet(folder: string): Promise<RetrievalSet> {
  const paths = {
    corpus: join(folder, 'corpus.jsonl'),
    queries: join(folder, 'queries.jsonl'),
    judgements: join(folder, 'qrels', 'test.tsv'),
  };
  for (const path of Object.values(paths)) if (!existsSync(path)) throw dataFault({ path }, 'is missing');
  const excludesSelf = await readExcludesSelf(folder);
  const documents = await readCorpus(paths.corpus);
  const texts = await readQueries(paths.queries);
  const judgements = await readJudgements(paths.judgements);
  const queries = judgedQueries(texts, judgements, excludesSelf);
  if (queries.length === 0)
    throw dataFault(
      { path: paths.judgements },
      `names no query of ${basename(paths.queries)} with a relevant document`,
    );
  return {
    type: 'retrieval',
    name: basename(folder),
    documents: documents.filter(hasText),
    queries,
    excludesSelf,
    notes: notesOn(documents, texts, judgements),
  };
}

async function readExcludesSelf(folder: string): Promise<boolean> {
  const path = join(folder, 'info.json');
  if (!existsSync(path)) return false;
  let info: { readonly exclude_self?: unknown };
  try {
    info = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw dataFault({ path }, 'is not JSON', error);
  }
  return info?.exclude_self === true;
}

async function readCorpus(path: string): Promise<CorpusDocument[]> {
  const documents = new Map<string, CorpusDocument>();
  for await (const { record, line } of jsonLines(path)) {
    const id = idIn(record, path, line);
    if (documents.has(id)) throw dataFault({ path, line }, `repeats the _id ${id}`);
    documents.set(id, {
      id,
      title: textIn(record, 'title', path, line),
      text: textIn(record, 'text', path, line),
    });
  }
  if (documents.size === 0) throw dataFault({ path }, 'is empty');
  return [...documents.values()];
}

async function readQueries(path: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const { record, line } of jsonLines(path)) {
    const id = idIn(record, path, line);
    if (texts.has(id)) throw dataFault({ path, line }, `repeats the _id ${id}`);
    texts.set(id, textIn(record, 'text', path, line));
  }
  if (texts.size === 0) throw dataFault({ path }, 'is empty');
  return texts;
}

function idIn(record: Record<string, unknown>, path: string, line: number): string {
  const id = record['_id'];
  if (typeof id === 'number') return String(id);
  if (typeof id !== 'string' || id === '') throw dataFault({ path, line }, 'has no _id');
  return id;
}

function textIn(record: Record<string, unknown>, field: string, path: string, line: number): string {
  const text = record[field] ?? '';
  if (typeof text !== 'string') throw dataFault({ path, line }, `${field} must be a string`);
  return text;
}

/** Query id to document id to gain. Lines of query-id, corpus-id, score, by tabs; a line of names may go first. */
async function readJudgements(path: string): Promise<Map<string, Map<string, number>>> {
  const judgements = new Map<string, Map<string, number>>();
  for await (const { text, line } of fileLines(path)) {
    const columns = text.split('\t');
    const [query = '', document = '', score = ''] = columns.map((column) => column.trim());
    if (columns.length !== 3)
      throw dataFault({ path, line }, 'must hold query-id, corpus-id and score, with tabs between');
    const gain = Number(score);
    if (score === '' || !Number.isFinite(gain)) {
      if (line === 1) continue;
      throw dataFault({ path, line }, `the score must be a number, not "${score}"`);
    }
    const gains = judgements.get(query) ?? new Map<string, number>();
    judgements.set(query, gains.set(document, gain));
  }
  if (judgements.size === 0) throw dataFault({ path }, 'holds no judgements');
  return judgements;
}

function judgedQueries(
  texts: ReadonlyMap<string, string>,
  judgements: ReadonlyMap<string, ReadonlyMap<string, number>>,
  excludesSelf: boolean,
): JudgedQuery[] {
  const queries: JudgedQuery[] = [];
  for (const [id, judged] of judgements) {
    const text = texts.get(id);
    if (text === undefined) continue;
    const relevant = [...judged].filter(([document, gain]) => gain > 0 && !(excludesSelf && document === id));
    if (relevant.length > 0) queries.push({ id, text, gains: new Map(relevant) });
  }
  return queries;
}

const hasText = ({ title, text }: CorpusDocument) => title.trim() !== '' || text.trim() !== '';

function notesOn(
  documents: readonly CorpusDocument[],
  texts: ReadonlyMap<string, string>,
  judgements: ReadonlyMap<string, ReadonlyMap<string, number>>,
): string[] {
  const known = new Set(documents.map(({ id }) => id));
  const judged = [...judgements.values()].flatMap((gains) => [...gains.keys()]);
  const counts: [string, number][] = [
    ['documents without title and text, left out', documents.filter((document) => !hasText(document)).length],
    ['judged queries without a text, left out', [...judgements.keys()].filter((id) => !texts.has(id)).length],
    [
      'judgements of documents that the corpus has not, counted as not found',
      judged.filter((id) => !known.has(id)).length,
    ],
  ];
  return counts.filter(([, count]) => count > 0).map(([what, count]) => `${what}: ${count}`);
}

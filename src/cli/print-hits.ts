// Hits of a search, as a table for people or as one JSON object for scripts.

import Table from 'cli-table3';
import type { Hit__Output } from '../grpc/generated/kms/v1/Hit.ts';
import type { SearchTimings__Output } from '../grpc/generated/kms/v1/SearchTimings.ts';
import type { CommandIo } from './command-io.ts';
import { documentJson } from './document-forms.ts';
import { safeJson, safeLine, shortened } from './safe-text.ts';

export interface HitsAnswer {
  readonly hits: readonly Hit__Output[];
  readonly timings: SearchTimings__Output | null;
}

const snippetCharactersMax = 240;

export function printHits(io: CommandIo, answer: HitsAnswer, { isJson }: { readonly isJson: boolean }): void {
  if (isJson) {
    io.stdout.write(`${safeJson(answerJson(answer))}\n`);
    return;
  }
  if (answer.hits.length === 0) io.stdout.write('no hits\n');
  else io.stdout.write(`${hitsTable(answer.hits, io.stdout.columns ?? 110)}\n`);
  const { timings } = answer;
  if (timings === null) return;
  const embedding = timings.embedMs > 0 ? ` (query embedded in ${timings.embedMs.toFixed(1)} ms)` : '';
  const count = `${answer.hits.length} ${answer.hits.length === 1 ? 'hit' : 'hits'}`;
  io.stdout.write(`${count} in ${timings.totalMs.toFixed(1)} ms${embedding}\n`);
}

function hitsTable(hits: readonly Hit__Output[], columns: number): string {
  const scoreWidth = 8;
  const nameWidth = Math.max(16, Math.min(40, Math.floor(columns / 4)));
  // 4 borders and a last column that a terminal may wrap at.
  const textWidth = Math.max(30, columns - scoreWidth - nameWidth - 5);
  const table = new Table({
    head: ['score', 'document', 'title and best passage'],
    colWidths: [scoreWidth, nameWidth, textWidth],
    wordWrap: true,
    wrapOnWordBoundary: true,
    style: { head: [], border: [] },
  });
  for (const hit of hits) {
    const { collection, id, title } = hit.document ?? { collection: '', id: '', title: '' };
    const name = `${safeLine(collection)}\n${safeLine(id)}`;
    const passage = shortened(safeLine(hit.snippet), snippetCharactersMax);
    table.push([hit.fusedScore.toFixed(3), name, [safeLine(title), passage].filter(Boolean).join('\n')]);
  }
  return table.toString();
}

function answerJson(answer: HitsAnswer): object {
  const { timings } = answer;
  return {
    hits: answer.hits.map((hit) => ({
      score: hit.fusedScore,
      cosine: hit.cosine,
      lexical_score: hit.lexicalScore,
      snippet: hit.snippet,
      generation: hit.generation,
      document: hit.document === null ? null : documentJson(hit.document),
    })),
    timings:
      timings === null
        ? null
        : { embed_ms: timings.embedMs, search_ms: timings.searchMs, total_ms: timings.totalMs },
  };
}

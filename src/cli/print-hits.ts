// The answer of a search: tables and lines for people, or one JSON object for scripts.

import Table from 'cli-table3';
import type { Facet__Output } from '../grpc/generated/kms/v1/Facet.ts';
import type { Hit__Output } from '../grpc/generated/kms/v1/Hit.ts';
import type { SearchResponse__Output } from '../grpc/generated/kms/v1/SearchResponse.ts';
import { answerJson, valueText } from './answer-forms.ts';
import type { CommandIo } from './command-io.ts';
import { answerExplanation, hitExplanation } from './explanation-text.ts';
import { highlightedLine, isStyled } from './highlighted-text.ts';
import { safeJson, safeLine } from './safe-text.ts';

const snippetUnitsMax = 240;
/** Named below a hit; the rest is counted. */
const duplicatesShownMax = 3;
/** What a table is laid out for when it goes to no terminal. */
const columnsDefault = 110;

export function printAnswer(
  io: CommandIo,
  answer: SearchResponse__Output,
  { json }: { readonly json: boolean },
): void {
  io.stdout.write(json ? `${safeJson(answerJson(answer))}\n` : readable(io, answer));
}

function readable(io: CommandIo, answer: SearchResponse__Output): string {
  const { hits, facets, correctedText, explanation } = answer;
  const corrected = safeLine(correctedText);
  const parts = [
    ...(corrected === ''
      ? []
      : [`showing results for "${corrected}"; --no-spelling looks for what was written`]),
    hits.length === 0 ? 'no hits' : hitsTable(io, hits),
    ...facets.map(facetLine),
    ...(explanation === null ? [] : [answerExplanation(answer, explanation)]),
    summary(answer),
  ];
  return `${parts.filter((part) => part !== '').join('\n')}\n`;
}

function summary({ hits, timings, searchId }: SearchResponse__Output): string {
  if (timings === null) return '';
  const count = `${hits.length} ${hits.length === 1 ? 'hit' : 'hits'}`;
  const embedding = timings.embedMs > 0 ? ` (query embedded in ${timings.embedMs.toFixed(1)} ms)` : '';
  const name = searchId === '' ? '' : `; search ${safeLine(searchId)}`;
  return `${count} in ${timings.totalMs.toFixed(1)} ms${embedding}${name}`;
}

function hitsTable(io: CommandIo, hits: readonly Hit__Output[]): string {
  const columns = io.stdout.columns ?? columnsDefault;
  const scoreWidth = 8;
  const sureWidth = 6;
  const nameWidth = Math.max(16, Math.min(40, Math.floor(columns / 4)));
  // 5 borders and a last column that a terminal may wrap at.
  const textWidth = Math.max(30, columns - scoreWidth - sureWidth - nameWidth - 6);
  const table = new Table({
    head: ['score', 'sure', 'document', 'title and best passage'],
    colWidths: [scoreWidth, sureWidth, nameWidth, textWidth],
    wordWrap: true,
    wrapOnWordBoundary: true,
    style: { head: [], border: [] },
  });
  const options = { isStyled: isStyled(io), unitsMax: snippetUnitsMax };
  for (const hit of hits) {
    const { collection, id, title } = hit.document ?? { collection: '', id: '', title: '' };
    // A document's first passage begins with its title, which is not shown twice: its highlights belong to the title.
    const start = hit.snippet.startsWith(title) ? title.length : 0;
    const lines = [
      highlightedLine(title, start === 0 ? [] : hit.highlights, options),
      highlightedLine(hit.snippet, hit.highlights, { ...options, start }),
      duplicatesLine(hit),
      hit.explanation === null ? '' : hitExplanation(hit, hit.explanation),
    ];
    const score = hit.pinned ? `${hit.fusedScore.toFixed(3)}\npinned` : hit.fusedScore.toFixed(3);
    const sure = `${Math.round(hit.confidence * 100)}%`;
    table.push([score, sure, `${safeLine(collection)}\n${safeLine(id)}`, lines.filter(Boolean).join('\n')]);
  }
  return table.toString();
}

function duplicatesLine({ duplicates }: Hit__Output): string {
  if (duplicates.length === 0) return '';
  const names = duplicates.slice(0, duplicatesShownMax).map(({ id }) => safeLine(id));
  const more = duplicates.length - names.length;
  return `near-duplicates: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `product: portal 40, router 12 (3 values)`. */
function facetLine({ field, values, valueCount }: Facet__Output): string {
  const counts = values.map(({ value, documents }) => `${safeLine(valueText(value))} ${documents}`);
  const more = Number(valueCount) > values.length ? ` (${valueCount} values)` : '';
  return `${safeLine(field)}: ${counts.join(', ') || 'no document has it'}${more}`;
}

// How the demo shows what it did: plain text of at most 100 columns, the same on a terminal and in a log.

import Table from 'cli-table3';
import { safeLine, shortened } from '../../src/cli/safe-text.ts';
import type { Hit__Output } from '../../src/grpc/generated/kms/v1/Hit.ts';
import type { LoadReport } from './ingest-load.ts';
import type { Latencies } from './latencies.ts';

const columnsMax = 100;
/** Hits of a question that are printed even when the expected one is the first. */
const hitsShown = 3;

export function printHeading(text: string): void {
  console.log(`\n── ${text} ${'─'.repeat(Math.max(0, columnsMax - 4 - text.length))}`);
}

/** The first hits, and the first expected one if it comes later. Marks what was expected. */
export function printHits(hits: readonly Hit__Output[], expected: readonly string[]): void {
  const ids = hits.map((hit) => hit.document?.id ?? '');
  const firstExpected = ids.findIndex((id) => expected.includes(id));
  for (const [index, hit] of hits.entries()) {
    if (index >= hitsShown && index !== firstExpected) continue;
    const id = ids[index] ?? '';
    const mark = expected.includes(id) ? '✓' : ' ';
    const head = `   ${mark} ${index + 1}. ${hit.cosine.toFixed(3)}  ${id}  `;
    const title = safeLine(hit.document?.title ?? '');
    console.log(head + shortened(title, Math.max(20, columnsMax - head.length)));
    if (index === Math.max(0, firstExpected)) console.log(snippetLine(hit, title));
  }
  if (firstExpected === -1 && expected.length > 0)
    console.log(`   ✗ expected ${expected.join(' or ')} among them`);
}

/** What the best chunk says beyond the title. */
function snippetLine(hit: Hit__Output, title: string): string {
  const snippet = safeLine(hit.snippet);
  const rest = snippet.startsWith(title) ? snippet.slice(title.length).trim() : snippet;
  return `              ${shortened(rest || snippet, columnsMax - 16)}`;
}

export function printLoads(loads: readonly (readonly [string, LoadReport])[]): void {
  const table = new Table({
    head: ['ingest', 'documents', 'indexed', 'unchanged', 'rejected', 'documents/s', 'ack p50', 'ack p99'],
    ...plainStyle,
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const [label, load] of loads) {
    const rate = Math.round((load.documents * 1000) / load.elapsedMs);
    const { acknowledgements: acks } = load;
    const counts = [load.documents, load.indexed, load.unchanged, load.rejected.length, rate];
    table.push([label, ...counts.map(String), milliseconds(acks, 0.5), milliseconds(acks, 0.99)]);
  }
  console.log(table.toString());
}

export function printLatencies(rows: readonly (readonly [string, Latencies])[]): void {
  const table = new Table({
    head: ['call, as the client sees it', 'calls', 'p50', 'p99', 'slowest'],
    ...plainStyle,
    colAligns: ['left', 'right', 'right', 'right', 'right'],
  });
  for (const [label, latencies] of rows) {
    const figures = [0.5, 0.99, 1].map((share) => milliseconds(latencies, share));
    table.push([label, String(latencies.count), ...figures]);
  }
  console.log(table.toString());
}

/** No colours: escape sequences would be noise in a log. */
const plainStyle = { style: { head: [], border: [], compact: true } };

function milliseconds(latencies: Latencies, share: number): string {
  const durationMs = latencies.quantileMs(share);
  return `${durationMs.toFixed(durationMs < 100 ? 2 : 0)} ms`;
}

// Where the findings live: docs/benchmarks/results.json, the plots beside it, docs/benchmarks.md above.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benches } from './bench-list.ts';
import { type BenchRecord, readResults, withRecord, writeResults } from './bench-results.ts';
import { benchmarksPage, plotFile } from './benchmarks-page.ts';
import { scalingPage } from './scaling-page.ts';
import { svgPlot } from './svg-plot.ts';

export const docsFolder = fileURLToPath(new URL('../../docs/', import.meta.url));

/** Adds one record and writes everything that is made of them anew. `docs`: the folder with benchmarks.md. */
export function keepRecord(record: BenchRecord, docs = docsFolder): void {
  const path = join(docs, 'benchmarks/results.json');
  writeResults(path, withRecord(readResults(path), record));
  writePages(docs);
}

/** The pages and pictures from results.json alone. */
export function writePages(docs = docsFolder): void {
  const folder = join(docs, 'benchmarks');
  const known = new Set(benches.map(({ name }) => name));
  const records = readResults(join(folder, 'results.json')).filter(({ bench }) => known.has(bench));
  mkdirSync(folder, { recursive: true });
  const pictures = new Map(
    records.flatMap((record) => record.plots.map((plot) => [plotFile(record, plot), svgPlot(plot)] as const)),
  );
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.svg') && !pictures.has(file)) rmSync(join(folder, file));
  }
  for (const [file, picture] of pictures) writeFileSync(join(folder, file), picture);
  writeFileSync(join(docs, 'benchmarks.md'), benchmarksPage(benches, records));
  writeFileSync(join(docs, 'scaling.md'), scalingPage(records));
}

// Figures as they are shown.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../scripts/eval/evaluation.ts';
import { figure, markdownTable, terminalTable } from '../../../scripts/eval/figure-table.ts';
import type { RetrievalResult } from '../../../scripts/eval/judge-retrieval.ts';
import { writeReport } from '../../../scripts/eval/quality-report.ts';
import { retrievalTable } from '../../../scripts/eval/result-tables.ts';
import { metricNames } from '../../../scripts/eval/retrieval-metrics.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const value = { mean: 0.25, low: 0.125, high: 0.5 };
const metrics = Object.fromEntries(metricNames.map((name) => [name, value])) as never;
const nothing = { mean: -0.0001, low: -0.02, high: 0.03 };

const result: RetrievalResult = {
  type: 'retrieval',
  name: 'cacm',
  documents: 10,
  queries: 2,
  relevant: 3,
  excludesSelf: false,
  methods: [{ name: 'hybrid', metrics, calibration: null }],
  options: [],
  comparison: Object.fromEntries(
    metricNames.map((name) => [name, { better: 'lexical', difference: nothing }]),
  ) as never,
  notes: ['documents without title and text, left out: 1'],
};

describe('a figure', () => {
  it('has three places and no zero before the point, as papers write shares', () => {
    expect([0.3123, 0, 1, -0.25].map((share) => figure(share))).toEqual(['.312', '.000', '1.000', '-.250']);
  });
});

describe('the table of a set', () => {
  it('has its interval, the paired difference, and what was published, to its own digits', () => {
    const { caption, header, rows } = retrievalTable(result);
    expect(header).toEqual(['cacm', 'hybrid', 'hybrid − better part', 'Anserini BM25']);
    const map = rows.find(([name]) => name === 'map');
    expect(map).toEqual(['map', '.250 (.125 to .500)', '.000 (-.020 to +.030) lexical', '.3123']);
    expect(rows.find(([name]) => name === 'mrr')?.at(-1)).toBe('');
    expect(caption).toContain('10 documents, 2 queries, 3 relevant pairs.');
    expect(caption).toContain('left out: 1.');
  });

  it('of an unknown set has no column of published figures', () => {
    const { header } = retrievalTable({ ...result, name: 'constructor', comparison: null });
    expect(header).toEqual(['constructor', 'hybrid']);
  });

  it('says the same on a terminal and in a document', () => {
    const table = { caption: 'Said above.', header: ['a', 'b|c'], rows: [['1', '2']] };
    expect(markdownTable(table)).toBe('Said above.\n\n| a | b\\|c |\n| --- | --: |\n| 1 | 2 |\n');
    expect(terminalTable(table)).toMatch(/^Said above\.\n┌.*b\|c.*│\n.*│ 1 │ 2/s);
  });
});

describe('the report', () => {
  const evaluation: Evaluation = {
    engine: { version: '1', generation: 'g' },
    seed: 1,
    results: [result],
    leftOut: null,
  };

  it('replaces what stands between the marks and nothing else, twice as well as once', async () => {
    const path = join(temporaryFolder(), 'quality.md');
    writeFileSync(path, 'before\n<!-- eval -->\nold\n<!-- /eval -->\nafter\n');
    await writeReport(path, evaluation);
    const once = readFileSync(path, 'utf8');
    await writeReport(path, evaluation);
    expect(readFileSync(path, 'utf8')).toBe(once);
    expect(once).toMatch(/^before\n<!-- eval -->\n.*\| map \| \.250.*<!-- \/eval -->\nafter\n$/s);
    expect(once).not.toContain('old');
  });

  it('of a file without marks is refused, and the file stays as it is', async () => {
    const path = join(temporaryFolder(), 'quality.md');
    writeFileSync(path, 'no marks\n');
    await expect(writeReport(path, evaluation)).rejects.toThrow(/has no lines <!-- eval --> and/);
    expect(readFileSync(path, 'utf8')).toBe('no marks\n');
  });
});

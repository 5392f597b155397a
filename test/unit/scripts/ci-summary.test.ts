import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = join(import.meta.dirname, '../../../scripts/ci-summary.mjs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kms-ci-summary-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Runs {
  readonly gates: string;
  /** Null: vitest never wrote a report. */
  readonly tests: { readonly numPassedTests: number; readonly numFailedTests: number } | null;
  readonly statuses: readonly [gates: number, tests: number];
}

function summary({ gates, tests, statuses }: Runs): { line: string; status: number | null } {
  const gatesPath = join(folder, 'gates.txt');
  const testsPath = join(folder, 'tests.json');
  writeFileSync(gatesPath, gates);
  rmSync(testsPath, { force: true });
  if (tests !== null) writeFileSync(testsPath, JSON.stringify(tests));
  const { stdout, status } = spawnSync(process.execPath, [
    script,
    gatesPath,
    testsPath,
    ...statuses.map(String),
  ]);
  return { line: stdout.toString(), status };
}

describe('the summary of .ci/run', () => {
  it('adds gates and tests, and succeeds when nothing failed', () => {
    const runs: Runs = {
      gates: '✓ types (1.0 s)\n8 gates passed, 0 failed\n',
      tests: { numPassedTests: 40, numFailedTests: 0 },
      statuses: [0, 0],
    };
    expect(summary(runs)).toEqual({ line: '48 passed, 0 failed\n', status: 0 });
  });

  it('fails when a gate or a test failed', () => {
    const runs: Runs = {
      gates: '7 gates passed, 1 failed\n',
      tests: { numPassedTests: 39, numFailedTests: 2 },
      statuses: [1, 1],
    };
    expect(summary(runs)).toEqual({ line: '46 passed, 3 failed\n', status: 1 });
  });

  it('fails when a run ended badly without a failed test, or left no report', () => {
    const gates = '8 gates passed, 0 failed\n';
    const crashed: Runs = { gates, tests: { numPassedTests: 40, numFailedTests: 0 }, statuses: [0, 1] };
    expect(summary(crashed)).toEqual({ line: '48 passed, 1 failed\n', status: 1 });
    expect(summary({ gates, tests: null, statuses: [0, 1] })).toEqual({
      line: '8 passed, 1 failed\n',
      status: 1,
    });
    expect(summary({ gates: '', tests: null, statuses: [1, 1] })).toEqual({
      line: '0 passed, 2 failed\n',
      status: 1,
    });
  });
});

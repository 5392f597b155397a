// Adds up gates and tests for .ci/run and prints one line, `N passed, N failed`.
//   node scripts/ci-summary.mjs <gates.txt> <vitest.json> <exit status of the gates> <exit status of the tests>

import { existsSync, readFileSync } from 'node:fs';

const [gatesPath, testsPath, gatesStatus, testStatus] = process.argv.slice(2);

const gates = readGates();
const tests = readTests();
const passed = gates.passed + tests.passed;
const failed = gates.failed + tests.failed;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function readGates() {
  const match = /(\d+) gates passed, (\d+) failed\s*$/.exec(readFileSync(gatesPath, 'utf8'));
  if (match === null) return { passed: 0, failed: 1 };
  return { passed: Number(match[1]), failed: atLeastOneIf(gatesStatus !== '0', Number(match[2])) };
}

/** A run that failed without a failed test (a file that does not load, a build error) still counts as one. */
function readTests() {
  if (!existsSync(testsPath)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(testsPath, 'utf8'));
  return { passed: numPassedTests, failed: atLeastOneIf(testStatus !== '0', numFailedTests) };
}

function atLeastOneIf(isFailed, count) {
  return isFailed ? Math.max(1, count) : count;
}

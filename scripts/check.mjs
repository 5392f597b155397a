// `npm run check`: every gate, then the tests, one line each; stops at the first that fails.
//   --gates     the gates only
//   --keep-going  runs all of them and fails at the end, for a report of everything that is wrong
// The last line is `N gates passed, N failed`.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** npm scripts, fast ones first. */
const gates = [
  'lock',
  'format',
  'types',
  'lint',
  'proto:lint',
  'proto:check',
  'ranks',
  'dead-code',
  'ratios',
];

const onlyGates = process.argv.includes('--gates');
const isKeptGoing = process.argv.includes('--keep-going');
const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

let passed = 0;
let failed = 0;
for (const gate of onlyGates ? gates : [...gates, 'test']) {
  const isGreen = runGate(gate);
  if (isGreen) passed += 1;
  else failed += 1;
  if (!isGreen && !isKeptGoing) break;
}
console.log(`${passed} gates passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function runGate(gate) {
  if (scripts[gate] === undefined) {
    console.log(`✗ ${gate}: package.json has no such script`);
    return false;
  }
  const startedMs = performance.now();
  // The tests report as they go; a gate's output is shown only when it has something to complain about.
  const stdio = gate === 'test' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
  const { status, error, stdout, stderr } = spawnSync('npm', ['run', '--silent', gate], {
    stdio,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✓' : '✗'} ${gate} (${seconds} s)`);
  if (status !== 0) console.log(`${stdout ?? ''}${stderr ?? ''}`.trimEnd());
  return status === 0;
}

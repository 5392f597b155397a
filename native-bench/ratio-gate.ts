// `npm run ratios`: the gate against regressions of speed. It compares what it measures with floors measured in the same seconds,
// never with times, by the generous bounds of ratio-bounds.json: red means that something became several times slower, not
// that the machine was busy. A ratio that holds in one of the rounds holds; the gate ends as soon as all do.

import { readFileSync } from 'node:fs';
import { ratioMeasures } from './ratio-measures.ts';
import { meets, readableNumber } from './report/figure.ts';

interface RatioBound {
  readonly name: string;
  /** Like `>= 0.5`. */
  readonly bound: string;
  readonly reason: string;
}

/** A spell of other work on the machine passes between two rounds, or the third one is slow as well. */
const roundsMax = 3;

const bounds = JSON.parse(
  readFileSync(new URL('./ratio-bounds.json', import.meta.url), 'utf8'),
) as RatioBound[];
const unknown = bounds.filter(({ name }) => ratioMeasures[name] === undefined);
if (unknown.length > 0 || bounds.length !== Object.keys(ratioMeasures).length)
  throw new Error('ratio-bounds.json and ratio-measures.ts do not name the same ratios');

let open: readonly RatioBound[] = bounds;
for (let round = 1; round <= roundsMax && open.length > 0; round++) {
  const missed: RatioBound[] = [];
  for (const bound of open) {
    const value = (await ratioMeasures[bound.name]?.()) ?? Number.NaN;
    const holds = meets(value, bound.bound);
    console.log(
      `${holds ? '✓' : '✗'} ${bound.name}: ${readableNumber(value)} (${bound.bound}), round ${round}`,
    );
    if (!holds) missed.push(bound);
  }
  open = missed;
}
for (const { name, reason } of open) console.log(`missed in ${roundsMax} rounds: ${name}. ${reason}`);
// An engine that would not stop must not keep the gate open.
process.exit(open.length > 0 ? 1 : 0);

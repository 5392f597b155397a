import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesFilter } from '../../../../src/filtering/match-filter.ts';
import type { AttributeValue } from '../../../../src/model/document.ts';
import { filterOfFields } from '../../../../src/pipeline/understanding/field-filter.ts';
import { parseOperators } from '../../../../src/pipeline/understanding/parse-operators.ts';

/** Whether a document whose attribute `a` has this value passes what was typed. */
function passes(typed: string, value: AttributeValue): boolean {
  const { fields } = parseOperators(typed, 'auto', new Set(['a0']));
  const filter = filterOfFields(fields);
  if (filter === null) throw new Error(`${typed} has no field`);
  const facts = { updateTimeMs: null, commitTimeMs: 0, mediaType: 'text/plain' } as const;
  return matchesFilter(filter, { attributes: { a0: value }, ...facts });
}

const at = (time: string) => ({ timeMs: Date.parse(time) });

describe('field:value', () => {
  it.each<[string, AttributeValue[], AttributeValue[]]>([
    ['a0:open', ['open', ['closed', 'open']], ['Open', 'opened', true]],
    ['a0:"in progress"', ['in progress'], ['in', 'progress']],
    ['a0:3', [3, '3', ['3']], [4, '33', at('1970-01-01T00:00:00.003Z')]],
    ['a0:"3"', ['3'], [3]],
    ['a0:-1.5', [-1.5, '-1.5'], [1.5]],
    ['a0:true', [true, 'true'], [false]],
    ['a0:>=3', [3, 10], [2.9, '3']],
    ['a0:>3', [3.1], [3]],
    ['a0:<=3', [3, -10], [3.1]],
    ['a0:<3', [2], [3]],
    ['a0:10..20', [10, 20], [9, 21]],
    ['a0:10..', [10, 1e9], [9]],
    ['a0:..20', [20, -5], [21]],
    ['a0:1.5..2.5', [1.5, 2.5], [2.6]],
    [
      'a0:2024-05-01',
      [at('2024-05-01T00:00:00Z'), at('2024-05-01T23:59:59.999Z'), '2024-05-01'],
      [at('2024-05-02T00:00:00Z'), at('2024-04-30T23:59:59.999Z'), 2024],
    ],
    ['a0:>2024-05-01', [at('2024-05-02T00:00:00Z')], [at('2024-05-01T23:59:59Z')]],
    ['a0:>=2024-05-01', [at('2024-05-01T00:00:00Z')], [at('2024-04-30T23:59:59Z')]],
    ['a0:<2024-05-01', [at('2024-04-30T23:59:59Z')], [at('2024-05-01T00:00:00Z')]],
    ['a0:<=2024-05-01', [at('2024-05-01T23:59:59Z')], [at('2024-05-02T00:00:00Z')]],
    [
      'a0:2024-05-01..2024-05-03',
      [at('2024-05-01T00:00:00Z'), at('2024-05-03T23:00:00Z')],
      [at('2024-05-04T00:00:00Z')],
    ],
    ['a0:>=2024-05-01T10:30Z', [at('2024-05-01T10:30:00Z')], [at('2024-05-01T10:29:59Z')]],
    ['a0:2024-05-01T10:30:15.5+02:00', [at('2024-05-01T08:30:15.500Z')], [at('2024-05-01T10:30:15.500Z')]],
    ['a0:2024-02-30', ['2024-02-30'], [at('2024-03-01T00:00:00Z')]],
    ['a0:>=abc', ['>=abc'], ['abd', 5]],
    ['a0:1..x', ['1..x'], [1]],
    ['a0:1..2024-01-01', ['1..2024-01-01'], [2]],
    ['-a0:open', ['closed', 5], ['open']],
  ])('%s holds of values of the kind that it may mean', (typed, holding, others) => {
    for (const value of holding) expect(passes(`x ${typed}`, value), JSON.stringify(value)).toBe(true);
    for (const value of others) expect(passes(`x ${typed}`, value), JSON.stringify(value)).toBe(false);
  });

  it('several must all hold', () => {
    expect(passes('a0:>=3 a0:<5', 4)).toBe(true);
    expect(passes('a0:>=3 a0:<5', 5)).toBe(false);
    expect(filterOfFields([])).toBeNull();
  });

  it('any value is a condition', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (value, isQuoted) => {
        const operator = { field: 'a0', value, isQuoted, isExcluded: false, position: 0 };
        expect(filterOfFields([operator])).not.toBeNull();
      }),
    );
  });
});

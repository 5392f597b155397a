import fc from 'fast-check';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import type { Plot } from '../../../native-bench/report/figure.ts';
import { svgPlot } from '../../../native-bench/report/svg-plot.ts';
import { linearScale, logScale } from '../../../native-bench/report/svg-scale.ts';

const plot = (more: Partial<Plot>): Plot => ({
  file: 'a',
  title: 'a title',
  xLabel: 'vectors',
  yLabel: 'seconds',
  kind: 'line',
  series: [{ name: 'one', points: [{ x: 1, y: 2 }] }],
  ...more,
});

/** The `cy` of the circles, or the `height` of the bars. */
const numbers = (svg: string, pattern: RegExp) => [...svg.matchAll(pattern)].map((match) => Number(match[1]));

describe('a scale', () => {
  it('keeps every value, and every tick, between its ends', () => {
    const positive = fc.array(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(positive, fc.boolean(), (values, fromZero) => {
        for (const scale of [linearScale(values, fromZero), logScale(values)]) {
          for (const value of [...values, ...scale.ticks]) {
            expect(scale.at(value)).toBeGreaterThanOrEqual(-1e-6);
            expect(scale.at(value)).toBeLessThanOrEqual(1 + 1e-6);
          }
          expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
          expect(scale.ticks.length).toBeLessThan(40);
        }
      }),
    );
  });
});

describe('svgPlot', () => {
  it('draws a point for each that its scales have, and leaves out the others', () => {
    const points = [
      { x: 10, y: 1 },
      { x: 100, y: 0 },
      { x: 1000, y: Number.NaN },
      { x: 10_000, y: 5 },
    ];
    const series = [{ name: 'one', points }];
    expect(numbers(svgPlot(plot({ series, xScale: 'log', yScale: 'log' })), /cy="([\d.]+)"/g)).toHaveLength(
      2,
    );
    expect(numbers(svgPlot(plot({ series, xScale: 'log' })), /cy="([\d.]+)"/g)).toHaveLength(3);
  });

  it('draws more as higher, and a bar of nothing flat', () => {
    const points = ['none', 'some', 'most'].map((x, y) => ({ x, y }));
    const heights = numbers(
      svgPlot(plot({ kind: 'bar', series: [{ name: 'one', points }] })),
      / height="([\d.]+)" fill/g,
    );
    expect(heights).toHaveLength(3);
    expect(heights[0]).toBe(0);
    expect(heights[1]).toBeCloseTo((heights[2] as number) / 2, 0);
  });

  it('says that it has no points', () => {
    const series = [{ name: 'one', points: [{ x: 1, y: Number.NaN }] }];
    expect(svgPlot(plot({ series }))).toContain('no points');
  });

  it('is well-formed whatever the names are', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (title, name) => {
        const series = [1, 2].map((y) => ({ name: `${name}${y}`, points: [{ x: name, y }] }));
        const svg = svgPlot(plot({ kind: 'bar', title, series }));
        const tags = svg.replaceAll(/<[^<>]*>/g, '');
        expect(tags).not.toMatch(/[<>]/);
        const root = parseDocument(svg, { xmlMode: true }).children.filter(({ type }) => type === 'tag');
        expect(root).toHaveLength(1);
      }),
    );
  });
});

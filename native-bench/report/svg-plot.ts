// Draws a plot as an SVG file that is readable on white and on black: middle tones, no background. No library: lines, bars,
// axes and a legend are a page of code, and a diff of the picture stays readable.

import { type Plot, type PlotSeries, readableNumber } from './figure.ts';
import { linearScale, logScale, type Scale, tickLabel } from './svg-scale.ts';

const width = 720;
const height = 400;
const left = 74;
const right = 18;
const bottom = 62;
/** Contrast above 4 on white and on #0d1117. */
const ink = '#747c85';
const colours = ['#2f81f7', '#d9730d', '#2da44e', '#a475f9', '#e5534b', '#1b9aaa', '#b58900', '#db61a2'];
const legendEntryPx = (name: string) => 30 + 6.6 * name.length;

interface Frame {
  readonly top: number;
  readonly x: (share: number) => number;
  readonly y: (share: number) => number;
  readonly yScale: Scale;
}

/** A whole SVG document. Points that the scales do not have are left out. */
export function svgPlot(plot: Plot): string {
  const series = plot.series.map(({ name, points }) => ({
    name,
    points: points.filter(
      ({ x, y }) => isDrawn(y, plot.yScale) && (plot.kind === 'bar' || isDrawn(x, plot.xScale)),
    ),
  }));
  const values = series.flatMap(({ points }) => points.map(({ y }) => y));
  if (values.length === 0) return whole(plot.title, text(width / 2, height / 2, 'no points', 'middle'));
  const { markup: legendMarkup, rows } = legend(series);
  const top = 40 + 20 * rows;
  const frame: Frame = {
    top,
    x: (share) => left + share * (width - left - right),
    y: (share) => height - bottom - share * (height - bottom - top),
    yScale: plot.yScale === 'log' ? logScale(values) : linearScale(values, true),
  };
  const body = plot.kind === 'bar' ? bars(series, frame) : lines(series, plot, frame);
  const x = text((left + width - right) / 2, height - 10, plot.xLabel, 'middle');
  return whole(plot.title, [legendMarkup, yAxis(frame, plot.yLabel), x, body].join('\n'));
}

function whole(title: string, body: string): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
      `font-family="system-ui, sans-serif" font-size="12" fill="${ink}" role="img">`,
    `<title>${escaped(title)}</title>`,
    text(width / 2, 22, title, 'middle', 'font-size="15" font-weight="600"'),
    body,
    '</svg>',
    '',
  ].join('\n');
}

function isDrawn(value: number | string, scale: 'linear' | 'log' | undefined): boolean {
  const number = Number(value);
  return Number.isFinite(number) && (scale !== 'log' || number > 0);
}

/** In rows below the title; nothing for a single series, which the title names. */
function legend(series: readonly PlotSeries[]): { markup: string; rows: number } {
  if (series.length < 2) return { markup: '', rows: 0 };
  const parts: string[] = [];
  let [x, row] = [left, 0];
  for (const [i, { name }] of series.entries()) {
    if (x > left && x + legendEntryPx(name) > width - right) [x, row] = [left, row + 1];
    const y = 46 + 20 * row;
    parts.push(`<rect x="${x}" y="${y - 9}" width="12" height="10" rx="2" fill="${colourOf(i)}"/>`);
    parts.push(text(x + 18, y, name, 'start'));
    x += legendEntryPx(name);
  }
  return { markup: parts.join('\n'), rows: row + 1 };
}

function yAxis(frame: Frame, label: string): string {
  const middle = (frame.top + height - bottom) / 2;
  return [
    ...frame.yScale.ticks.map((tick) => {
      const y = round(frame.y(frame.yScale.at(tick)));
      const grid = `<path d="M${left} ${y}H${width - right}" stroke="${ink}" stroke-opacity=".25"/>`;
      return `${grid}${text(left - 8, y + 4, tickLabel(tick), 'end')}`;
    }),
    `<text transform="translate(18 ${middle}) rotate(-90)" text-anchor="middle">${escaped(label)}</text>`,
  ].join('\n');
}

function lines(series: readonly PlotSeries[], plot: Plot, frame: Frame): string {
  const xs = series.flatMap(({ points }) => points.map(({ x }) => Number(x)));
  const scale = plot.xScale === 'log' ? logScale(xs) : linearScale(xs, false);
  const base = height - bottom;
  const ticks = scale.ticks.map((tick) => {
    const x = round(frame.x(scale.at(tick)));
    return `<path d="M${x} ${base}v5" stroke="${ink}"/>${text(x, base + 19, tickLabel(tick), 'middle')}`;
  });
  const curves = series.map(({ name, points }, i) => {
    const places = points.map(({ x, y }) => ({
      x: round(frame.x(scale.at(Number(x)))),
      y: round(frame.y(frame.yScale.at(y))),
      told: `${name}: ${readableNumber(Number(x))}, ${readableNumber(y)}`,
    }));
    const path = places.map(({ x, y }) => `${x} ${y}`).join('L');
    const dots = places.map(
      ({ x, y, told }) =>
        `<circle cx="${x}" cy="${y}" r="3.5" fill="${colourOf(i)}"><title>${escaped(told)}</title></circle>`,
    );
    return `<path d="M${path}" fill="none" stroke="${colourOf(i)}" stroke-width="2"/>${dots.join('')}`;
  });
  return [...ticks, ...curves].join('\n');
}

function bars(series: readonly PlotSeries[], frame: Frame): string {
  const groups = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => String(x))))];
  const groupPx = frame.x(1 / groups.length) - frame.x(0);
  const barPx = Math.min(60, (groupPx * 0.8) / series.length);
  const base = height - bottom;
  const lettersMax = Math.max(6, Math.floor(groupPx / 6.4));
  const names = groups.flatMap((group, g) =>
    linesOf(group, lettersMax).map((line, row) =>
      text(frame.x((g + 0.5) / groups.length), base + 17 + 14 * row, line, 'middle'),
    ),
  );
  const drawn = series.flatMap(({ name, points }, s) =>
    points.map(({ x, y }) => {
      const centre = frame.x((groups.indexOf(String(x)) + 0.5) / groups.length);
      const start = round(centre + (s - series.length / 2) * barPx);
      const end = round(frame.y(frame.yScale.at(y)));
      const told = escaped(`${x}, ${name}: ${readableNumber(y)}`);
      const bar = `<rect x="${start}" y="${end}" width="${round(barPx - 2)}" height="${round(base - end)}" fill="${colourOf(s)}">`;
      const value = text(start + barPx / 2 - 1, end - 4, readableNumber(y), 'middle', 'font-size="10"');
      return `${bar}<title>${told}</title></rect>${value}`;
    }),
  );
  return [...names, ...drawn].join('\n');
}

/** Two lines at most, broken between words; what is longer is cut. */
function linesOf(name: string, lettersMax: number): string[] {
  const rows = [''];
  for (const word of name.split(' ')) {
    const last = rows.length - 1;
    const longer = `${rows[last]} ${word}`.trim();
    if (longer.length <= lettersMax || rows[last] === '' || rows.length === 2) rows[last] = longer;
    else rows.push(word);
  }
  return rows.map((row) => (row.length > lettersMax + 2 ? `${row.slice(0, lettersMax)}…` : row));
}

const colourOf = (i: number) => colours[i % colours.length] as string;
const round = (px: number) => Number(px.toFixed(1));

function text(x: number, y: number, content: string, anchor: string, more = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" ${more}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

// Figures as tables, built once and shown twice: on the terminal and in docs/quality.md.

import Table from 'cli-table3';

export interface FigureTable {
  /** A paragraph above it; empty: none. */
  readonly caption: string;
  readonly header: readonly string[];
  /** As long as the header each. */
  readonly rows: readonly (readonly string[])[];
}

/** `.384`, as papers write shares; `-.012` below 0. */
export function figure(value: number, digits = 3): string {
  return value.toFixed(digits).replace(/^(-?)0\./, '$1.');
}

export function terminalTable({ caption, header, rows }: FigureTable): string {
  const table = new Table({ head: [...header], style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push([...row]);
  return `${caption === '' ? '' : `${caption}\n`}${table.toString()}\n`;
}

export function markdownTable({ caption, header, rows }: FigureTable): string {
  const lines = [header, header.map((_, column) => (column === 0 ? '---' : '--:')), ...rows];
  const text = lines.map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n');
  return `${caption === '' ? '' : `${caption}\n\n`}${text}\n`;
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}

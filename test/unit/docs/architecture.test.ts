// Documents name files; files move. These tests make a stale name a failure instead of a lie.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
];

describe.each(documents)('%s', (document) => {
  it('names only files of the repository that exist', () => {
    const named = [
      ...read(document).matchAll(/`((?:src|proto|test|scripts|docs|deploy|examples)\/[^`\s*<>:]+)`/g),
    ];
    const missing = named.map((match) => match[1] ?? '').filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });

  it('links only to files that exist', () => {
    const links = [...read(document).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)];
    const missing = links
      .map((match) => match[1] ?? '')
      .filter((path) => !existsSync(join(root, dirname(document), path)));
    expect(missing).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(document).matchAll(/\bnpm run ([a-z][a-z:-]*)/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  it('gives every room under src/ a rank', () => {
    const text = read('docs/architecture.md');
    const ranks = text.slice(text.indexOf('## Ranks'), text.indexOf('## Life of a document'));
    const rooms = readdirSync(join(root, 'src')).filter(
      (room) =>
        statSync(join(root, 'src', room)).isDirectory() && readdirSync(join(root, 'src', room)).length > 0,
    );
    expect(rooms.filter((room) => !ranks.includes(`\`src/${room}\``))).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  namedFields,
  type ParsedQuery,
  parseOperators,
} from '../../../../src/pipeline/understanding/parse-operators.ts';

const fields = new Set(['status', 'priority', 'created', 'error', 'http', 'std']);

/** What `auto` finds when these attributes exist. */
const parse = (text: string) => parseOperators(text, 'auto', fields);
const parsed = (part: Partial<ParsedQuery>): ParsedQuery => ({
  text: '',
  phrases: [],
  excluded: [],
  excludedPhrases: [],
  fields: [],
  ...part,
});
const field = (name: string, value: string, more: object = {}) => ({
  field: name,
  value,
  isQuoted: false,
  isExcluded: false,
  position: 0,
  ...more,
});

describe('phrases', () => {
  it.each<[string, string, string[]]>([
    ['"paper jam" printer', 'paper jam printer', ['paper jam']],
    ['printer “paper jam”, again', 'printer paper jam, again', ['paper jam']],
    ['„kein Papier“ «plus de papier»', 'kein Papier plus de papier', ['kein Papier', 'plus de papier']],
    ['cannot find module "express"', 'cannot find module express', ['express']],
  ])('%s: a quoted phrase must stand in a hit, and its words stay in the text', (text, rest, phrases) => {
    expect(parse(text)).toEqual(parsed({ text: rest, phrases }));
  });

  it.each([
    'a 27" monitor and a 19" one',
    'printer "',
    'the " sign',
    'an "unfinished phrase',
    '"" printer',
    '"..." printer',
    '{"error": "disk full"}',
    '"error": failed',
    'say"hello"',
    "it's 'fine'",
  ])('%s: what is no phrase stays as it is', (text) => {
    expect(parse(text)).toEqual(parsed({ text }));
  });
});

describe('exclusions', () => {
  it.each<[string, string, Partial<ParsedQuery>]>([
    ['printer -paper', 'printer', { excluded: ['paper'] }],
    ['-windows10, printer -ERR_NGX_502', 'printer', { excluded: ['windows10', 'ERR_NGX_502'] }],
    ['printer -"paper jam" offline', 'printer offline', { excludedPhrases: ['paper jam'] }],
    ['"paper jam" -toner', 'paper jam', { phrases: ['paper jam'], excluded: ['toner'] }],
  ])('%s: what follows a dash may not stand in a hit', (text, rest, part) => {
    expect(parse(text)).toEqual(parsed({ text: rest, ...part }));
  });

  it.each([
    'rm -rf /tmp',
    'ls -l',
    'git push --force',
    'java -Dfoo.bar=baz -XX:+UseG1GC',
    'printer - paper jam',
    'printer – paper',
    'it fell to -5 degrees',
    'end-to-end encryption',
    '-',
    '--',
    '-"',
  ])('%s: options, dashes and numbers are text', (text) => {
    expect(parse(text)).toEqual(parsed({ text }));
  });

  it.each(['-paper', '-paper -"paper jam"', ' -paper - ?'])(
    '%s: in what people type, something must remain to look for',
    (text) => {
      expect(parse(text)).toEqual(parsed({ text }));
    },
  );

  it('a caller who says that there are operators gets every exclusion', () => {
    const asked = (text: string) => parseOperators(text, 'operators', fields);
    expect(asked('rm -rf -5')).toEqual(parsed({ text: 'rm', excluded: ['rf', '5'] }));
    expect(asked('-paper')).toEqual(parsed({ excluded: ['paper'] }));
    expect(asked('x -std::vector -a:b')).toEqual(parsed({ text: 'x', excluded: ['std::vector', 'a:b'] }));
  });
});

describe('fields', () => {
  it.each<[string, Partial<ParsedQuery>]>([
    ['status:open vpn', { text: 'vpn', fields: [field('status', 'open')] }],
    [
      'vpn status:"in progress", priority:>=3',
      {
        text: 'vpn ,',
        fields: [
          field('status', 'in progress', { isQuoted: true, position: 4 }),
          field('priority', '>=3', { position: 26 }),
        ],
      },
    ],
    ['status:open', { fields: [field('status', 'open')] }],
    [
      'vpn created:2024-01-01..2024-02-01;',
      { text: 'vpn', fields: [field('created', '2024-01-01..2024-02-01', { position: 4 })] },
    ],
    [
      'vpn -status:closed',
      { text: 'vpn', fields: [field('status', 'closed', { isExcluded: true, position: 4 })] },
    ],
    ['$update_time:>2024-01-01 vpn', { text: 'vpn', fields: [field('$update_time', '>2024-01-01')] }],
  ])('%s: a field that exists is a condition', (text, part) => {
    expect(parse(text)).toEqual(parsed(part));
  });

  it.each([
    'error: disk full',
    'see http://example.com/x',
    'C:\\Windows\\System32',
    'C:/temp',
    'at 12:30',
    'std::vector',
    'severity:high',
    'severity:"very high"',
    'vpn -severity:high',
    'status:',
    'status:?',
    'status://x',
    '(status:open)',
  ])('%s: anything else with a colon is text', (text) => {
    expect(parse(text)).toEqual(parsed({ text }));
  });

  it('names are asked for before it is known which of them exist', () => {
    const text = 'vpn severity:high -owner:me http://x 12:30 a: status:"x y" status:z $commit_time:>1';
    expect(namedFields(text, 'auto')).toEqual(['severity', 'owner', 'status']);
    expect(namedFields(text, 'plain')).toEqual([]);
    expect(namedFields(`${'é'.repeat(100)}:x`, 'auto')).toEqual([]);
  });
});

describe('which texts have operators', () => {
  const text = 'status:open "paper jam" -toner';

  it('none in a text that is plain, long, or of several lines', () => {
    expect(parseOperators(text, 'plain', fields)).toEqual(parsed({ text }));
    for (const pasted of [`${text}\nthanks`, `${text} ${'x'.repeat(200)}`])
      expect(parse(pasted)).toEqual(parsed({ text: pasted }));
    expect(parse(`${text}\n`).fields).toHaveLength(1);
  });

  it('all of them in a text whose caller says so', () => {
    const long = `${'word '.repeat(100)}\n${text}`;
    expect(parseOperators(long, 'operators', fields)).toMatchObject({
      phrases: ['paper jam'],
      excluded: ['toner'],
      fields: [{ field: 'status', position: long.indexOf('status') }],
    });
  });

  it('sixteen of each kind, and what is more stays text', () => {
    const many = `x ${'-toner "a b" status:open '.repeat(20)}`;
    const { phrases, excluded, fields: found, text: rest } = parseOperators(many, 'operators', fields);
    expect([phrases.length, excluded.length, found.length]).toEqual([16, 16, 16]);
    expect(rest.match(/-toner "a b" status:open/g)).toHaveLength(4);
  });

  it('a quote in a sentence is text, and an operator where the sentence is read for operators', () => {
    const text = 'articles on layout including "what you see is what you get" systems and their users';
    expect(parseOperators(text, 'auto').phrases).toEqual([]);
    expect(parseOperators(text, 'auto').text).toBe(text);
    expect(parseOperators(text, 'operators').phrases).toEqual(['what you see is what you get']);
    const short = 'layout "what you see is what you get" systems';
    expect(parseOperators(short, 'auto').phrases).toEqual(['what you see is what you get']);
  });
});

describe('any text', () => {
  const piece = fc.constantFrom(
    '"',
    '-',
    ':',
    ' ',
    '\n',
    'status',
    'vpn',
    '“',
    '”',
    '..',
    '>=',
    '3',
    '\\',
    ',',
    'é',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
  );

  it('is read without an error, and without an operator it is returned as it is', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom('auto', 'operators', 'plain'), (text, syntax) => {
        const {
          phrases,
          excluded,
          excludedPhrases,
          fields: found,
          text: rest,
        } = parseOperators(text, syntax, fields);
        const count = phrases.length + excluded.length + excludedPhrases.length + found.length;
        if (count === 0) expect(rest).toBe(text);
        if (syntax === 'plain') expect(count).toBe(0);
        // Nothing is invented: what was read stands in the text.
        for (const word of [...excluded, ...excludedPhrases, ...phrases]) expect(text).toContain(word);
        for (const { field: name, value, position } of found) {
          expect(text.slice(position)).toMatch(/^-?/);
          expect(text.slice(position).replace(/^-/, '').startsWith(`${name}:`)).toBe(true);
          expect(text).toContain(value);
        }
      }),
    );
  });

  it('is read in linear time', () => {
    for (const unit of ['"a ', '“a ', '-', 'a.', '-a.!', 'status:"', 'ab:', '!', '-abc.'])
      for (const syntax of ['auto', 'operators'] as const)
        parseOperators(unit.repeat(32_768), syntax, fields);
  });
});

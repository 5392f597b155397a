// Analysis of documents and queries: both sides must agree, whatever the text.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeQuery } from '../../../src/lexical/analyze-query.ts';
import { analyzeDocument } from '../../../src/lexical/analyze-text.ts';
import { cleanText, cleanTitle } from '../../../src/stages/clean/clean-text.ts';

const termLengthMax = 64;

/** What people write, and what they paste: words, names, signs and scripts in any mixture. */
const piece = fc.oneof(
  fc.constantFrom('ERR_NGX_502', 'ORA-00942', '0x80070005', 'v1.2.3-rc1', '/etc/nginx/nginx.conf'),
  fc.constantFrom(
    'C:\\Windows\\x.dll',
    'NullPointerException',
    "don't",
    'Crème',
    '検索する',
    'ΟΔΟΣ',
    'İstanbul',
  ),
  fc.constantFrom(
    'the',
    'is',
    'a',
    '...',
    '::',
    '_',
    '/',
    '-',
    "'",
    '@',
    'C++',
    'c#',
    '\u0301',
    '\ud83d\ude00',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary-ascii', maxLength: 90 }),
);
const text = fc
  .array(fc.tuple(piece, fc.constantFrom(' ', '\n', '', '.', ', ')), { maxLength: 40 })
  .map((pieces) => cleanText(pieces.flat().join('')));

function countsOf(title: string, body: string): Map<string, readonly [number, number]> {
  const { terms, counts } = analyzeDocument(title, body);
  const list = terms === '' ? [] : terms.split('\n');
  return new Map(list.map((term, i) => [term, [counts[2 * i] ?? 0, counts[2 * i + 1] ?? 0] as const]));
}

function termsOf(body: string): Set<string> {
  return new Set(countsOf('', body).keys());
}

describe('documents and queries', () => {
  test('a query finds each of its terms in a document with the same text', () => {
    fc.assert(
      fc.property(text, (written) => {
        const terms = termsOf(written);
        for (const { term } of analyzeQuery(written).tokens) expect(terms).toContain(term);
      }),
      { numRuns: 500 },
    );
  });

  test('terms are distinct, not empty, without line breaks, of bounded length, and counted at least once', () => {
    fc.assert(
      fc.property(text, text, (title, body) => {
        const { terms, counts } = analyzeDocument(cleanTitle(title), body);
        const list = terms === '' ? [] : terms.split('\n');
        expect(new Set(list).size).toBe(list.length);
        expect(counts.length).toBe(2 * list.length);
        for (const [i, term] of list.entries()) {
          expect(term.length).toBeGreaterThan(0);
          expect(term.length).toBeLessThanOrEqual(termLengthMax);
          expect((counts[2 * i] ?? 0) + (counts[2 * i + 1] ?? 0)).toBeGreaterThan(0);
        }
      }),
    );
  });

  test.each(['\u0303', 'no\u0303 \u0303', "'\u0301'"])(
    'an accent without a letter is no term: %j',
    (written) => {
      expect(termsOf(written)).not.toContain('');
      const { terms, counts } = analyzeDocument('', written);
      expect(counts.length).toBe(2 * (terms === '' ? 0 : terms.split('\n').length));
      expect(analyzeQuery(written).tokens.map(({ term }) => term)).not.toContain('');
    },
  );

  test('what a text gives does not depend on what was analysed before it', () => {
    fc.assert(
      fc.property(text, (written) => {
        const first = analyzeDocument('', written);
        // The second time every spelling is remembered.
        expect(analyzeDocument('', written)).toEqual(first);
      }),
    );
  });
});

describe('words', () => {
  test.each([
    ['installing packages', 'installed package'],
    ['Crème brûlée', 'creme brulee'],
    ['STRASSE', 'straße'],
    ["the user's home", 'user home'],
    ["it doesn't boot", 'it doesnt boot'],
    ['time-sharing', 'time sharing'],
    ['read/write', 'write read'],
    ['it failed.Then it stopped', 'fail then stop'],
    ['U.S.A.', 'usa'],
    ['(quoted), "words"!', 'quoted words'],
  ])('%j and %j have the same terms', (one, other) => {
    expect(termsOf(one)).toEqual(termsOf(other));
  });

  test('stop words are left out unless there is nothing else', () => {
    expect(termsOf('the disk of the server')).toEqual(termsOf('disk server'));
    expect([...termsOf('who is it')]).toEqual(['who', 'is', 'it']);
    expect(analyzeQuery('who is it').tokens.map(({ term }) => term)).toEqual(['who', 'is', 'it']);
    expect(analyzeQuery('who is nginx').wordCount).toBe(3);
  });

  test('rows of nothing but numbers are left out, lists of single ones and of addresses are not', () => {
    expect(termsOf('load:\n1 0 99%\n2 0.5 98%\n-3 0 97\nend')).toEqual(termsOf('load:\nend'));
    expect(termsOf('codes:\n500\n502\n504')).toContain('502');
    expect(termsOf('routes:\n10.0.0.1 10.0.0.2\n10.0.0.3 10.0.0.4\n10.0.0.5 10.0.0.6')).toContain('10.0.0.4');
    expect(termsOf('one row:\n12 13 14\nof them')).toContain('13');
  });

  test('a script without blanks gives pairs of neighbouring characters', () => {
    expect([...termsOf('Ubuntuを使う')]).toEqual(['ubuntu', 'を使', '使う']);
    expect([...termsOf('한국어')]).toEqual(['한국', '국어']);
    expect([...termsOf('本')]).toEqual(['本']);
  });
});

describe('identifiers', () => {
  test.each([
    ['ERR_NGX_502', 'err_ngx_502', ['err', 'ngx', '502']],
    ['ORA-00942', 'ora-00942', ['ora', '00942']],
    ['0x80070005', '0x80070005', []],
    ['2.6.32', '2.6.32', ['2.6']],
    ['v1.2.3-rc1', 'v1.2.3-rc1', ['1.2.3', '1.2', 'rc1']],
    ['/etc/nginx/nginx.conf', 'etc/nginx/nginx.conf', ['etc', 'nginx', 'nginx.conf', 'conf']],
    ['C:\\Windows\\x.dll', 'c:\\windows\\x.dll', ['window', 'x.dll', 'dll']],
    ['db01.prod.example.com', 'db01.prod.example.com', ['db01', 'prod', 'exampl', 'com']],
    ['joe.doe@example.com', 'joe.doe@example.com', ['joe.doe', 'joe', 'doe', 'example.com', 'exampl', 'com']],
    ['NullPointerException', 'nullpointerexception', ['nullpointerexcept', 'null', 'pointer', 'except']],
    ['XMLHttpRequest', 'xmlhttprequest', ['xml', 'http', 'request']],
    ['max_connections', 'max_connections', ['max', 'connect']],
    ['sha-256', 'sha-256', ['sha', '256']],
    ['KB4013429', 'kb4013429', ['4013429']],
    ['std::vector', 'std::vector', ['std', 'vector']],
  ])('%s is %s as a whole, and has its parts', (written, whole, parts) => {
    const { tokens } = analyzeQuery(`found ${written}, again`);
    expect(tokens.filter(({ kind }) => kind === 'identifier').map(({ term }) => term)).toEqual([whole]);
    expect(tokens.filter(({ kind }) => kind === 'part').map(({ term }) => term)).toEqual(
      expect.arrayContaining(parts),
    );
  });

  test.each(['server', 'URLs', '2012', '10th', '64-bit', '12:30', 'fault-tolerant', 'e.g.'])(
    '%s is no identifier',
    (written) => {
      expect(analyzeQuery(written).tokens.map(({ kind }) => kind)).not.toContain('identifier');
    },
  );

  test('an identifier is never stemmed, and is met in any case', () => {
    expect(termsOf('/var/caches')).toContain('var/caches');
    expect(termsOf('MAX_CONNECTIONS')).toContain('max_connections');
    for (const { term } of analyzeQuery('openoffice').tokens) expect(termsOf('OpenOffice')).toContain(term);
  });

  test('what is a word of the query itself is no mere part', () => {
    const { tokens } = analyzeQuery('ERR_DISK on the disk');
    expect(tokens.find(({ term }) => term === 'disk')).toMatchObject({ kind: 'word', count: 2 });
  });

  test('an identifier counts once for its field, and its parts once for each of it', () => {
    const { titleLength, bodyLength } = analyzeDocument(
      'broken disk',
      'a/b/a/b/a.conf seen twice: a/b/a/b/a.conf',
    );
    expect({ titleLength, bodyLength }).toEqual({ titleLength: 2, bodyLength: 4 });
    expect(countsOf('broken disk', 'err_disk_err').get('disk')).toEqual([1, 1]);
    expect(countsOf('broken disk', 'err_disk_err').get('err')).toEqual([0, 1]);
  });
});

describe('texts of any size', () => {
  const words = fc.array(
    fc.constantFrom(
      'C++',
      'c#',
      "don't",
      'U.S.A',
      '検索する',
      'Crème',
      'v1.2.3-rc1',
      '/etc/nginx/x.conf',
      'xMLNode',
    ),
    { minLength: 1, maxLength: 2_000, size: 'max' },
  );

  test('a long line without blanks has the terms of its words', () => {
    fc.assert(
      fc.property(words, (list) => {
        expect(countsOf('x', list.join(','))).toEqual(countsOf('x', list.join(', ')));
      }),
      { numRuns: 50 },
    );
  });

  test('where a line is cut, no character is', () => {
    for (const text of ['𝒜'.repeat(9_000), `a${'𝒜'.repeat(9_000)}`, '検索'.repeat(9_000), 'x'.repeat(9_000)])
      for (const term of termsOf(text)) expect(term).not.toMatch(/\p{Cs}/u);
    expect(countsOf('x', 'c#'.repeat(9_000)).get('c#')).toEqual([0, 9_000]);
  });

  test.each([['c#'], ['a++'], ['a.'], ['検索'], ['x'], ['x '], ['1 ']])(
    'a body of %j over and over is told of at a steady pace',
    (unit) => {
      let units = 0;
      const length = 1024 * 1024;
      analyzeDocument('x', unit.repeat(length / unit.length), () => {
        units += 1;
      });
      expect(units).toBeGreaterThanOrEqual(Math.floor(length / (16_384 + 4_096)) - 1);
    },
  );

  test('once a document has its terms, the rest of its words are counted and nothing else', () => {
    const many = Array.from({ length: 40_000 }, (_, i) => `word${i}x`).join(' ');
    const text = `${many} ${'word1x '.repeat(10_000)}`;
    expect(countsOf('x', text).get('word1x')).toEqual([0, 1]);
    expect(analyzeDocument('x', text).bodyLength).toBe(50_000);
    const { tokens, wordCount } = analyzeQuery(text);
    expect(tokens).toHaveLength(1_024);
    expect(wordCount).toBe(50_000);
  });
});

describe('fields', () => {
  test('a document without a title is headed by its lead', () => {
    expect(countsOf('', 'Disk is full. The server stopped.').get('disk')).toEqual([1, 0]);
    expect(countsOf('', 'Disk is full. The server stopped.').get('server')).toEqual([0, 1]);
    expect(countsOf('Outage', 'Disk is full. The server stopped.').get('disk')).toEqual([0, 1]);
  });

  test('counts stay at 65,535, and later terms than the 32,768th are not kept', () => {
    expect(countsOf('x', 'disk '.repeat(70_000)).get('disk')).toEqual([0, 65_535]);
    const many = Array.from({ length: 40_000 }, (_, i) => `word${i}x`).join(' ');
    expect(countsOf('x', many).size).toBe(32_768);
    expect(analyzeDocument('x', many).bodyLength).toBe(40_000);
  });
});

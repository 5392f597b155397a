import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Document, mediaTypes } from '../../../src/model/document.ts';
import { extractDocument } from '../../../src/stages/extract/extract-document.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/texts/${name}`, import.meta.url), 'utf8');
}

function documentOf(part: Partial<Document>): Document {
  return {
    collection: 'cases',
    id: '1',
    title: '',
    body: '',
    mediaType: 'text/plain',
    attributes: {},
    updateTimeMs: null,
    embedding: null,
    ...part,
  };
}

async function textOf(mediaType: Document['mediaType'], body: string): Promise<string> {
  return (await extractDocument(documentOf({ mediaType, body, title: 't' }), 'g')).text;
}

describe('markdown', () => {
  test('a reader’s words stay and the syntax goes', async () => {
    const text = await textOf('text/markdown', fixture('article.md'));
    expect(text).toContain('Reset the index cache');
    expect(text).toContain('Run kms-ctl cache --reset on each node, then read the notes.');
    expect(text).toContain('AT&T customers press Ctrl.');
    expect(text).toContain('2. delete C:\\ProgramData\\Acme\\cache.db');
    expect(text).toContain('E1234 | cache is locked');
    expect(text).not.toMatch(/https:|\*\*|<kbd>|`/);
  });

  test('code blocks are kept to the letter', async () => {
    const text = await textOf('text/markdown', fixture('article.md'));
    expect(text).toContain(
      '  File "/opt/acme/run.py", line 12, in <module>\n    *not emphasis* # not a heading',
    );
  });

  test('nesting beyond the parser’s bound loses no text', async () => {
    expect(await textOf('text/markdown', `${'> '.repeat(5_000)}the end`)).toContain('the end');
  });
});

describe('html', () => {
  test('visible words stay, in lines, with entities decoded', async () => {
    const text = await textOf('text/html', fixture('mail.html'));
    expect(text).toMatch(/HTTP\s502 since the upgrade — see the page\./);
    expect(text).toContain('Node | State\napp01 | down');
    expect(text).toContain('- first step\n- second step');
    expect(text).toContain(
      'at com.acme.Gateway.handle(Gateway.java:42)\n    at com.acme.Main.main(Main.java:7)',
    );
  });

  test('scripts, styles, the head and quoted mail go', async () => {
    const text = await textOf('text/html', fixture('mail.html'));
    expect(text).not.toMatch(/track|color|Mail|older words|utm_source/);
  });

  test('a mail that is only a quotation, and a forwarded one, keep it', async () => {
    expect(await textOf('text/html', '<blockquote type="cite">all there is</blockquote>')).toBe(
      'all there is',
    );
    const forwarded =
      '<p>FYI</p><div class="gmail_quote">---------- Forwarded message ---------<p>The case</p></div>';
    expect(await textOf('text/html', forwarded)).toContain('The case');
  });

  test.each([
    '<div>',
    '<ul><li>',
    '<blockquote>',
    '<table><tr><td colspan=99999999 rowspan=99999999>',
    '<p><li>',
    '<a></b>',
    '<script>',
    '<',
    '<!--',
  ])('a megabyte of %s is read within bounds of stack, time and memory', async (piece) => {
    const body = `first ${piece.repeat(2 ** 20 / piece.length)}`;
    const text = await textOf('text/html', body);
    expect(text.startsWith('first')).toBe(true);
    expect(text.length).toBeLessThanOrEqual(2 * body.length);
  });

  test('nested lists do not multiply their text', async () => {
    const body = '<ul><li>'.repeat(120) + '<p>x</p>'.repeat(20_000);
    expect((await textOf('text/html', body)).length).toBeLessThan(body.length);
  });

  test('what is nested too deep is still read, without its scripts', async () => {
    const body = `${'<div>'.repeat(10_000)}deep &lt;text&gt;<script>var a = 1 < 2;</script> end`;
    expect((await textOf('text/html', body)).replace(/\s+/g, ' ')).toBe('deep <text> end');
  });
});

describe('mail', () => {
  test('a whole message is decoded, and gives its own words without quotation and signature', async () => {
    const document = documentOf({ mediaType: 'message/rfc822', body: fixture('reply.eml') });
    const { title, text } = await extractDocument(document, 'g');
    expect(title).toBe('Export fails with ORA-00942 – again');
    expect(text).toContain(
      'table or view does not exist. The café branch is affected as well, it costs us $5',
    );
    expect(text).not.toMatch(/restart the export|HTML version|Best regards|multipart/);
  });

  test('a title of its own is kept', async () => {
    const document = documentOf({ mediaType: 'message/rfc822', body: fixture('reply.eml'), title: 'Own' });
    expect((await extractDocument(document, 'g')).title).toBe('Own');
  });

  test('a body without headers is read as what was written', async () => {
    const body = 'Error: disk full\r\n\r\nPlease help.\r\n\r\n> an older line\r\n\r\n-- \r\nAda\r\nACME Ltd';
    expect(await textOf('message/rfc822', body)).toBe('Error: disk full\n\nPlease help.');
  });

  test('a mail that is all quotation keeps it', async () => {
    expect(await textOf('message/rfc822', '> the first line\n> the second')).toBe(
      '> the first line\n> the second',
    );
  });

  test('characters that are already decoded are not decoded again', async () => {
    const body = 'From: a@example.com\nContent-Type: text/plain; charset=iso-8859-1\n\nGrüße aus Köln';
    expect(await textOf('message/rfc822', body)).toBe('Grüße aus Köln');
  });

  test('an HTML body without headers is read as HTML', async () => {
    expect(await textOf('message/rfc822', '<div>It <b>fails</b></div>')).toBe('It fails');
  });

  test.each([
    'Op \nschreef\n',
    'On a a a ',
    'abc. x skrev y\n',
    "On $' x wrote:\n",
    '>',
    '在写道\n',
    'From: a@b <c>\n',
    '20241111 1111from<',
    'Content-Type: multipart/mixed; boundary=a\n\n--a\n',
  ])('a megabyte of %j is read within bounds', async (piece) => {
    const body = `Hello\n\n${piece.repeat(2 ** 20 / piece.length)}`;
    expect((await textOf('message/rfc822', body)).length).toBeLessThanOrEqual(body.length);
  });
});

describe('every document', () => {
  test('extraction never throws for any text', async () => {
    const alphabet = [
      '<p>',
      '</div>',
      '<a href="',
      '>',
      '`',
      '# ',
      '|',
      '\n',
      '\r\n',
      'From: x',
      'Subject: y',
      '--',
      '&',
      '$',
    ];
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...alphabet),
      fc.constant('\ud800'),
    );
    const body = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...mediaTypes), body, async (mediaType, text) => {
        expect(typeof (await textOf(mediaType, text))).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['text/plain', ''],
    ['text/plain', ' \n\t\u200b\u0000'],
    ['text/html', '<script>x</script>'],
    ['text/markdown', '[a]: http://example.com'],
    ['message/rfc822', 'From: a@example.com\n\n'],
  ] as const)(
    'a document of %s without visible text is refused, and told what would be right: %j',
    async (mediaType, body) => {
      await expect(extractDocument(documentOf({ mediaType, body }), 'g')).rejects.toMatchObject({
        code: 'invalid_argument',
        violations: [
          { field: 'title' },
          { field: 'body', description: expect.stringContaining('visible text') },
        ],
      });
    },
  );

  test('a document with an embedding needs no text', async () => {
    const document = documentOf({ embedding: Float32Array.of(1, 0) });
    expect((await extractDocument(document, 'g')).text).toBe('');
  });
});

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { articleTitle } from '../../../src/sources/article-title.ts';
import { csvSource } from '../../../src/sources/csv-source.ts';
import { openFile, openPipe } from '../../../src/sources/file-bytes.ts';
import { openFolder } from '../../../src/sources/folder-source.ts';
import { jsonlSource } from '../../../src/sources/jsonl-source.ts';
import { openSource } from '../../../src/sources/open-source.ts';
import type { DocumentSource, SourceEntry, SourcePosition } from '../../../src/sources/source.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function entriesOf(source: DocumentSource, from: SourcePosition | null = null): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  for await (const entry of source.read(from)) entries.push(entry);
  return entries;
}

/** The bytes in chunks of every size, to meet each boundary. */
function piped(bytes: Buffer, chunkBytes = 7): Readable {
  const chunks: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += chunkBytes)
    chunks.push(bytes.subarray(start, start + chunkBytes));
  return Readable.from(chunks);
}

function jsonl(text: string | Buffer, lineBytesMax?: number): DocumentSource {
  return jsonlSource(openPipe(piped(Buffer.from(text))), lineBytesMax);
}

function csv(text: string | Buffer, recordBytesMax?: number): DocumentSource {
  return csvSource(openPipe(piped(Buffer.from(text))), recordBytesMax);
}

/** `id` of a document, or `place: reason` of a rejection. */
function gist(entry: SourceEntry): string {
  if (entry.type === 'document') return entry.document.id;
  return `${entry.place}: ${entry.violations.map(({ field, description }) => `${field} ${description}`.trim()).join('; ')}`;
}

describe('JSON Lines', () => {
  it('a line becomes a document with all its fields', async () => {
    const line = {
      id: 'CASE-1',
      title: 'Login',
      body: 'It loops',
      collection: 'cases',
      media_type: 'text/html',
      attributes: {
        severity: 2,
        open: true,
        tags: ['a', 'b'],
        seen: { time: '2026-01-31T12:00:00Z' },
        none: null,
      },
      product: 'portal',
      update_time: '2026-01-31T12:00:00+01:00',
      embedding: [0.5, -0.5],
    };
    const [entry] = await entriesOf(jsonl(`${JSON.stringify(line)}\n`));
    expect(entry).toEqual({
      type: 'document',
      position: { record: 1, offset: JSON.stringify(line).length + 1 },
      place: 'line 1',
      document: {
        id: 'CASE-1',
        title: 'Login',
        body: 'It loops',
        collection: 'cases',
        mediaType: 'text/html',
        attributes: {
          severity: 2,
          open: true,
          tags: ['a', 'b'],
          seen: { timeMs: Date.UTC(2026, 0, 31, 12) },
          product: 'portal',
        },
        updateTimeMs: Date.UTC(2026, 0, 31, 11),
        embedding: new Float32Array([0.5, -0.5]),
      },
    });
  });

  it('an embedding may be base64 of little-endian float32', async () => {
    const bytes = Buffer.alloc(8);
    bytes.writeFloatLE(0.25, 0);
    bytes.writeFloatLE(-2, 4);
    const [entry] = await entriesOf(jsonl(JSON.stringify({ id: 'a', embedding: bytes.toString('base64') })));
    expect(entry?.type === 'document' && entry.document.embedding).toEqual(new Float32Array([0.25, -2]));
  });

  it('a malformed line is rejected with its number and reason, its neighbours are read', async () => {
    const text = Buffer.concat([
      Buffer.from('\ufeff{"id":"first"}\r\n'),
      Buffer.from('{"id":"cut", "body": "secret\n'),
      Buffer.from('\n   \n[1]\nnull\n'),
      Buffer.from([0x7b, 0xff, 0x7d, 0x0a]),
      Buffer.from(`{"id":"long","body":"${'x'.repeat(200)}"}\n`),
      Buffer.from('{"id":"last"}'),
    ]);
    const gists = (await entriesOf(jsonl(text, 100))).map(gist);
    expect(gists).toEqual([
      'first',
      expect.stringMatching(/^line 2: the line must be JSON: /),
      'line 5: the line must be a JSON object',
      'line 6: the line must be a JSON object',
      'line 7: the line must be UTF-8',
      'line 8: the line must have at most 100 bytes',
      'last',
    ]);
    expect(gists.join()).not.toContain('secret');
  });

  it('every wrong field of a document is named', async () => {
    const line = {
      title: 7,
      mediaType: 'text/plain',
      update_time: '31.1.2026',
      embedding: [1, 'x'],
      attributes: { nested: { a: 1 }, fine: 1 },
      body: '\ud800',
    };
    const [entry] = await entriesOf(jsonl(JSON.stringify(line)));
    expect(entry?.type === 'rejected' && entry.violations.map(({ field }) => field).sort()).toEqual(
      ['attributes.nested', 'body', 'embedding[1]', 'id', 'mediaType', 'title', 'update_time'].sort(),
    );
    expect(gist(entry as SourceEntry)).toContain('did you mean media_type?');
  });

  it('an attribute called __proto__ is an attribute and changes no prototype', async () => {
    const [entry] = await entriesOf(jsonl('{"id":"a","attributes":{"__proto__":"x"}}'));
    const attributes = entry?.type === 'document' ? entry.document.attributes : {};
    expect(Object.keys(attributes)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype);
  });

  it('reading from any position gives exactly the entries behind it', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('{"id":"ä"}', '{"id":"b"', '', '{"id":"c"}\r', 'ü'), { maxLength: 12 }),
        fc.boolean(),
        async (lines, hasLastFeed) => {
          writeFileSync(path, lines.join('\n') + (hasLastFeed ? '\n' : ''));
          const source = jsonlSource(await openFile(path));
          const all = await entriesOf(source);
          for (const [index, { position }] of all.entries())
            expect(await entriesOf(source, position)).toEqual(all.slice(index + 1));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('another content or another time of the file is another identity', async () => {
    const path = join(temporaryFolder(), 'cases.jsonl');
    writeFileSync(path, '{"id":"a"}');
    const before = (await openFile(path)).identity;
    expect((await openFile(path)).identity).toBe(before);
    writeFileSync(path, '{"id":"b"}');
    expect((await openFile(path)).identity).not.toBe(before);
  });
});

describe('CSV', () => {
  it('columns become fields, attr. and unknown ones attributes, empty cells nothing', async () => {
    const text =
      '\ufeffid,title,body,collection,media_type,update_time,attr.product,region\r\n' +
      '7,"a ""b""","two\nlines, one cell",cases,text/html,2026-01-31,portal,\r\n';
    const [entry] = await entriesOf(csv(text));
    expect(entry).toMatchObject({
      place: 'line 2',
      position: { record: 3 },
      document: {
        id: '7',
        title: 'a "b"',
        body: 'two\nlines, one cell',
        mediaType: 'text/html',
        attributes: { product: 'portal' },
        updateTimeMs: Date.UTC(2026, 0, 31),
      },
    });
    expect(entry?.type === 'document' && Object.keys(entry.document.attributes)).toEqual(['product']);
  });

  it.each([
    ['', 'the file is empty'],
    ['name,text\n1,2', 'the header lacks the column id and title or body; it has name, text'],
    ['id;title\n1;2', 'the header lacks the column id and title or body; it has id;title'],
    ['id,title,id\n', 'names the column id twice'],
    ['id,,title\n', 'column 2 of the header has no name'],
  ])('a header that cannot be used is an error that says what is missing: %j', async (text, message) => {
    await expect(entriesOf(csv(text))).rejects.toThrow(message);
  });

  it('a broken record costs itself and not its neighbours', async () => {
    const text = Buffer.concat([
      Buffer.from('id,body\na,1\n'),
      Buffer.from('b,too,many\n'),
      Buffer.from('c,"open quote\n'),
      Buffer.from('d,2\n'),
      Buffer.from('e,"x"y\n'),
      Buffer.from([0x66, 0x2c, 0xff, 0x0a]),
      Buffer.from('g,3\n'),
      Buffer.from(`h,"${'x'.repeat(60)}\n${'x'.repeat(60)}"\n`),
      Buffer.from('i,"never closed\nj,4\nk,5'),
    ]);
    expect((await entriesOf(csv(text, 100))).map(gist)).toEqual([
      'a',
      'line 3: the record must have 2 fields, has 3',
      expect.stringMatching(/^line 4: the record has a quote/),
      'd',
      expect.stringMatching(/^line 6: the record has a quote in the wrong place/),
      'line 7: the record must be UTF-8',
      'g',
      expect.stringMatching(/^line 9: the record has a quote/),
      expect.stringMatching(/^line 10: /),
      expect.stringMatching(/^line 11: the record has a quote/),
      'j',
      'k',
    ]);
  });

  it('reading from any position gives exactly the entries behind it', async () => {
    const path = join(temporaryFolder(), 'cases.csv');
    const record = fc.constantFrom(
      'a,1',
      'b,"two\nlines"',
      'c,"open',
      '"d,e"",",2',
      '',
      'f',
      'g,"x"y',
      'ü,1',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 8 }), async (records) => {
        // Written as Latin-1, an umlaut is not UTF-8.
        writeFileSync(path, ['id,body', ...records].join('\r\n'), 'latin1');
        const source = csvSource(await openFile(path));
        const all = await entriesOf(source);
        for (const [index, { position }] of all.entries())
          expect(await entriesOf(source, position)).toEqual(all.slice(index + 1));
      }),
      { numRuns: 100 },
    );
  });

  it('whatever is written by the rules of RFC 4180 is read back', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', 'ü', ' '),
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 6 }), async (bodies) => {
        const quoted = bodies.map((body, index) => `${index},"${body.replaceAll('"', '""')}"`);
        const entries = await entriesOf(csv(['id,body', ...quoted].join('\n')));
        expect(entries.map((entry) => entry.type === 'document' && entry.document.body)).toEqual(bodies);
      }),
    );
  });
});

describe('a folder', () => {
  function articles(): string {
    const root = temporaryFolder();
    for (const folder of ['guides/deep', 'node_modules/lib', '.git'])
      mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'guides/setup.md'), '# Setting up\n\nText');
    writeFileSync(join(root, 'guides/deep/b.HTML'), '<title>A &amp; B</title><p>Text');
    writeFileSync(join(root, 'guides/broken.txt'), Buffer.from([0xff, 0xfe]));
    writeFileSync(join(root, 'a.txt'), 'plain');
    for (const path of ['node_modules/lib/README.md', '.git/x.md', '.hidden.md', 'picture.png'])
      writeFileSync(join(root, path), 'left out');
    symlinkSync(root, join(root, 'guides/loop'));
    symlinkSync('/etc/hostname', join(root, 'outside.txt'));
    return root;
  }

  it('every article below it is read in order of its path, which is its id', async () => {
    const source = await openFolder(articles());
    expect((await entriesOf(source)).map(gist)).toEqual([
      'a.txt',
      'guides/broken.txt: body the file must be UTF-8',
      'guides/deep/b.HTML',
      'guides/setup.md',
    ]);
  });

  it('an article has a title, a media type and its time', async () => {
    const entries = await entriesOf(await openFolder(articles()));
    const documents = entries.flatMap((entry) => (entry.type === 'document' ? [entry.document] : []));
    expect(documents.map(({ title, mediaType }) => [title, mediaType])).toEqual([
      ['a', 'text/plain'],
      ['A & B', 'text/html'],
      ['Setting up', 'text/markdown'],
    ]);
    expect(documents.every(({ updateTimeMs }) => (updateTimeMs ?? 0) > 0)).toBe(true);
  });

  it('reading from any position gives exactly the entries behind it, up to all bytes', async () => {
    const source = await openFolder(articles());
    const all = await entriesOf(source);
    for (const [index, { position }] of all.entries())
      expect(await entriesOf(source, position)).toEqual(all.slice(index + 1));
    expect(all.at(-1)?.position.offset).toBe(source.bytesTotal);
  });

  it('a changed article is another identity', async () => {
    const root = articles();
    const before = (await openFolder(root)).identity;
    writeFileSync(join(root, 'a.txt'), 'longer than before');
    expect((await openFolder(root)).identity).not.toBe(before);
  });
});

describe('titles', () => {
  it.each([
    [
      'x/notes.md',
      'text/markdown',
      '---\ntitle: y\n---\n```\n# code\n```\n## The **real** [one](http://a) ##\n',
      'The real one',
    ],
    ['x/notes.md', 'text/markdown', 'Underlined\n==========\n', 'Underlined'],
    ['x/notes.md', 'text/markdown', 'no heading', 'notes'],
    ['x/page.html', 'text/html', '<html><h1>Head <b>line</b></h1>', 'Head line'],
    ['x/page.html', 'text/html', '<title> </title><p>', 'page'],
    ['x/some.text.txt', 'text/plain', '# not markdown', 'some.text'],
  ])('%s %s', (path, mediaType, body, title) => {
    expect(articleTitle(path, mediaType, body)).toBe(title);
  });
});

it('the reader is chosen by the name, or by the format that was asked for', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'cases.csv');
  writeFileSync(path, 'id,body\na,1');
  const none = Readable.from([]);
  expect((await entriesOf(await openSource(path, 'auto', none))).map(gist)).toEqual(['a']);
  expect((await entriesOf(await openSource(path, 'jsonl', none))).map(gist)).toHaveLength(2);
  expect(
    (await entriesOf(await openSource('-', 'csv', piped(Buffer.from('id,body\nb,1'))))).map(gist),
  ).toEqual(['b']);
  expect((await openSource(folder, 'auto', none)).identity).toMatch(/^folder:/);
  await expect(openSource(join(folder, 'absent'), 'auto', none)).rejects.toMatchObject({ code: 'ENOENT' });
});

// HTML to text: pages, knowledge articles and HTML mails. Scripts, styles and, in mails, quoted replies and signatures
// are left out; every other word a reader sees stays, in lines.

import { compile, type DomNode, type FormatCallback } from 'html-to-text';
import { Parser } from 'htmlparser2';
import { limits } from '../../model/limits.ts';

/**
 * Real mails reach 60 to 100 levels, an attack millions. The walk over the tree recurses, and the parser looks through
 * all open elements for each stray closing tag, so the depth bounds both the stack and the time.
 */
const depthMax = 250;

/** How Gmail, Outlook, Apple Mail, Thunderbird and Yahoo mark what was said before. */
const quoteSelectors = [
  'blockquote[type="cite"]',
  'blockquote.gmail_quote',
  'div.gmail_quote',
  'div.yahoo_quoted',
  'div.moz-cite-prefix',
  '#divRplyFwdMsg',
];
const signatureSelectors = ['.gmail_signature', '.moz-signature', '#Signature'];
const forwarded = /forwarded message/i;

const withoutQuotes = converter([...quoteSelectors, ...signatureSelectors]);
const withoutSignatures = converter(signatureSelectors);
const withEverything = converter([]);

/** The visible text. A mail that is nothing but a quotation or a signature keeps it: some text is better than none. */
export function parseHtml(html: string): string {
  const source = isDeeperThan(html, depthMax) ? withoutTags(html) : html;
  // A forwarded message is marked as a quotation, and is the very thing the mail is about.
  const convert = forwarded.test(source) ? withoutSignatures : withoutQuotes;
  return convert(source).trim() || withEverything(source).trim();
}

function converter(skippedSelectors: readonly string[]): (html: string) => string {
  return compile({
    wordwrap: false,
    // Everything, not only <body>: what a careless client put before or after it is text too.
    baseElements: { selectors: [], returnDomByDefault: true },
    limits: { maxInputLength: limits.messageBytesMax },
    formatters: { cell: formatCell, item: formatItem, row: formatRow, alternative: formatAlternative },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'alternative' },
      { selector: 'blockquote', format: 'block' },
      { selector: 'ul', format: 'block' },
      { selector: 'ol', format: 'block' },
      { selector: 'li', format: 'item' },
      { selector: 'table', format: 'block' },
      { selector: 'tr', format: 'row' },
      { selector: 'td', format: 'cell' },
      { selector: 'th', format: 'cell' },
      ...['dt', 'dd', 'details', 'summary', 'figcaption', 'caption', 'legend', 'option', 'fieldset'].map(
        asLine,
      ),
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
      ...['script', 'style', 'noscript', 'template', 'head', 'svg', 'hr'].map(skipped),
      ...skippedSelectors.map(skipped),
    ],
  });
}

function asLine(selector: string) {
  return { selector, format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } };
}

function skipped(selector: string) {
  return { selector, format: 'skip' };
}

/** The library would indent each line once a level: an attacker's nested lists become gigabytes of blanks. */
function formatItem(...[node, walk, builder]: Parameters<FormatCallback>): void {
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(node.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1, blockTransform: (text) => `- ${text}` });
}

function formatRow(...[node, walk, builder]: Parameters<FormatCallback>): void {
  builder.openBlock({ leadingLineBreaks: 1 });
  walk(node.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
}

/** The library would pad the cells of a table to one width: a single long cell then blows up every row. */
function formatCell(...[node, walk, builder]: Parameters<FormatCallback>): void {
  if (hasCellBefore(node)) builder.addInline(' | ');
  walk(node.children, builder);
}

function formatAlternative(...[node, , builder]: Parameters<FormatCallback>): void {
  const { alt } = (node as { attribs?: Record<string, string> }).attribs ?? {};
  if (alt !== undefined && alt !== '') builder.addInline(alt);
}

function hasCellBefore(node: DomNode): boolean {
  let sibling = (node as { prev?: DomNode | null }).prev;
  while (sibling !== null && sibling !== undefined) {
    if (sibling.type === 'tag') return true;
    sibling = (sibling as { prev?: DomNode | null }).prev;
  }
  return false;
}

/** Stops at the first element that is too deep, so that it is linear in the size of any input. */
function isDeeperThan(html: string, depth: number): boolean {
  let open = 0;
  let isTooDeep = false;
  const parser = new Parser({
    onopentagname: () => {
      open += 1;
      if (open > depth) {
        isTooDeep = true;
        parser.pause();
      }
    },
    onclosetag: () => {
      open -= 1;
    },
  });
  parser.write(html);
  return isTooDeep;
}

/**
 * For pages no tree should be built of: scripts and styles go, tags become line breaks, in two linear passes. Entities are
 * left to the converter.
 */
function withoutTags(html: string): string {
  const [first = '', ...rest] = html.split(/<(\/?)(?:script|style)\b/i);
  let text = first;
  // Text alternates with the slash before it: behind an opening tag all is raw up to the next closing one.
  for (let i = 0; i < rest.length; i += 2) if (rest[i] === '/') text += `<${rest[i + 1]}`;
  return text
    .replace(/<[^<>]*>/g, '\n')
    .replaceAll('<', '&lt;')
    .replaceAll('\n', '<br>');
}

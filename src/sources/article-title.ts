// The title of an article that is a file: what the author wrote as its heading, else the file's name.

import { basename, extname } from 'node:path';
import { convert } from 'html-to-text';

/** A title is looked for in the first part only: what comes later is a section's heading. */
const headCharactersMax = 64 * 1024;
const titleCharactersMax = 500;

/** Markdown: the first heading outside code blocks. HTML: `<title>`, else the first `<h1>`. */
export function articleTitle(path: string, mediaType: string, body: string): string {
  const head = body.slice(0, headCharactersMax);
  const found =
    mediaType === 'text/markdown' ? markdownTitle(head) : mediaType === 'text/html' ? htmlTitle(head) : '';
  // Cutting may leave half of a surrogate pair, which has no UTF-8 form.
  return (found || basename(path, extname(path))).slice(0, titleCharactersMax).replace(/\p{Surrogate}/gu, '');
}

function markdownTitle(text: string): string {
  let fence: string | null = null;
  let previous = '';
  for (const line of text.split(/\r?\n/)) {
    const mark = /^ {0,3}(```|~~~)/.exec(line)?.[1];
    if (mark !== undefined) fence = fence === null ? mark : fence === mark ? null : fence;
    else if (fence === null) {
      const heading = /^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line)?.[1];
      if (heading) return plainMarkdown(heading);
      // The underlined form; `---` alone is a rule or the edge of front matter, so only `===` counts.
      if (/^ {0,3}=+[ \t]*$/.test(line) && previous.trim() !== '') return plainMarkdown(previous);
    }
    previous = line;
  }
  return '';
}

/** Links and images become their text, emphasis and code marks go. */
function plainMarkdown(text: string): string {
  return text
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/<[^>]*>/g, '')
    .replace(/[*`]+|__/g, '')
    .trim();
}

function htmlTitle(text: string): string {
  const title = /<title\b[^>]*>([^<]*)<\/title/i.exec(text)?.[1] ?? '';
  const heading = /<h1\b[^>]*>([\s\S]{0,2000}?)<\/h1/i.exec(text)?.[1] ?? '';
  for (const markup of [title, heading]) {
    const plain = convert(markup, { wordwrap: false }).replace(/\s+/g, ' ').trim();
    if (plain !== '') return plain;
  }
  return '';
}

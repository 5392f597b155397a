// Markdown to text: what a reader sees, with code kept to the letter. Stack traces and commands live in code blocks, so
// they are what cases are found by. The parser hands out a flat list of tokens: nothing here recurses.

import MarkdownIt, { type Token } from 'markdown-it';
import { parseHtml } from './parse-html.ts';

/** The parser's own bound. It drops what is nested deeper, which no honest text is: such a source stays as it is. */
const nestingMax = 100;
/** A paragraph beyond this is no prose; its inline syntax stays, because matching brackets in megabytes takes seconds. */
const inlineCharactersMax = 64 * 1024;

const markdown = new MarkdownIt('default', { html: true, linkify: false });
markdown.core.ruler.at('inline', (state) => {
  for (const token of state.tokens) {
    if (token.type !== 'inline') continue;
    token.children = [];
    if (token.content.length > inlineCharactersMax) {
      const text = new state.Token('text', '', 0);
      text.content = token.content;
      token.children.push(text);
    } else {
      state.md.inline.parse(token.content, state.md, state.env, token.children);
    }
  }
});

/** Headings, paragraphs, list items, table rows and code, one block a line or more; links and images by their text. */
export function parseMarkdown(source: string): string {
  const tokens = markdown.parse(source, {});
  if (tokens.some((token) => token.level >= nestingMax - 1)) return source;
  const parts: string[] = [];
  for (const token of tokens) parts.push(blockText(token));
  return parts.join('').trim();
}

function blockText(token: Token): string {
  switch (token.type) {
    case 'inline':
      return inlineText(token.children ?? []);
    case 'fence':
    case 'code_block':
      return `${token.content.trimEnd()}\n\n`;
    case 'html_block':
      return `${parseHtml(token.content)}\n\n`;
    case 'list_item_open':
      return token.info === '' ? '- ' : `${token.info}. `;
    case 'th_close':
    case 'td_close':
      return ' | ';
    case 'tr_close':
      return '\n';
    case 'paragraph_close':
      // The paragraphs of a tight list are hidden: a line break is enough.
      return token.hidden ? '\n' : '\n\n';
    case 'heading_close':
    case 'table_close':
    case 'bullet_list_close':
    case 'ordered_list_close':
      return '\n\n';
    default:
      return '';
  }
}

function inlineText(tokens: readonly Token[]): string {
  let text = '';
  for (const token of tokens) {
    switch (token.type) {
      case 'softbreak':
      case 'hardbreak':
        text += '\n';
        break;
      case 'html_inline':
        // <kbd> and the like vanish without a gap, a line break stays one.
        if (/^<br\b/i.test(token.content)) text += '\n';
        break;
      default:
        // Text, inline code and the alternative text of images; the marks of emphasis and links have no content.
        text += token.content;
    }
  }
  return text;
}

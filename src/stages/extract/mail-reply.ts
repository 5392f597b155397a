// Takes the quoted replies and signatures out of a mail's text, so that the tenth answer of a thread is not ten times
// the same document. Recognition is email-reply-parser's; this file keeps it within bounds.

import EmailReplyParser from 'email-reply-parser';
import patterns from 'email-reply-parser/lib/regex.js';

/**
 * What the parser sees of a mail. Its patterns find the end of the author's own words, which come first; the rest of a
 * longer mail is attachments and logs, where only lines marked `>` are taken out.
 */
const parsedCharactersMax = 32 * 1024;
/** Longer than any line such as `On Mon, 5 Jan 2026 at 10:00, First Last <first.last@example.com> wrote:`. */
const repetitionsMax = 200;

// The library's patterns hold unbounded `.+` and `[\s\S]+` side by side, which on hostile mails take cubic time. With
// a bound on each the time is linear in the number of lines.
patterns.answerHeadersRegex = patterns.answerHeadersRegex.map(bounded);
patterns.signatureRegex = patterns.signatureRegex.map(bounded);

const replyParser = new EmailReplyParser();

/** The author's own words; when there are none, everything but the signature; when that is all, everything. */
export function visibleReply(text: string): string {
  const cut = text.length <= parsedCharactersMax ? text.length : lineEndBefore(text, parsedCharactersMax);
  const rest = text.slice(cut);
  const fragments = replyParser.read(encodeDollars(text.slice(0, cut))).getFragments();
  const own = fragments.filter((fragment) => !fragment.isHidden() && !fragment.isQuoted());
  const unsigned = fragments.filter((fragment) => !fragment.isSignature());
  return (
    joined(own, withoutQuotedLines(rest)) ||
    joined(unsigned, rest) ||
    // A signature alone is better than an empty document.
    text.trim()
  );
}

function joined(fragments: readonly { getContent(): string }[], rest: string): string {
  const head = fragments.map((fragment) => fragment.getContent()).join('\n');
  return decodeDollars(head + rest).trim();
}

function withoutQuotedLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n');
}

function lineEndBefore(text: string, position: number): number {
  const lineEnd = text.lastIndexOf('\n', position);
  return lineEnd > 0 ? lineEnd : position;
}

/**
 * The library passes parts of the mail to String.replace as replacement text, where `$'` means "all that follows": a mail
 * with many of them would grow without limit. A character of the private use area stands in for the dollar sign. Runs
 * of `>`, which it takes quadratic time over, are cut to a depth that no thread reaches.
 */
function encodeDollars(text: string): string {
  return text.replaceAll('$', '\uE024').replace(/>{24,}/g, '>'.repeat(24));
}

function decodeDollars(text: string): string {
  return text.replaceAll('\uE024', '$');
}

function bounded(pattern: RegExp): RegExp {
  const source = pattern.source
    .replaceAll(/(\[\\s\\S\]|\\s|[.> ]|(?<!\[)-)\+/g, `$1{1,${repetitionsMax}}`)
    .replaceAll(/(\[\\s\\S\]|\\s|[.> ]|(?<!\[)-)\*/g, `$1{0,${repetitionsMax}}`);
  return new RegExp(source, pattern.flags);
}

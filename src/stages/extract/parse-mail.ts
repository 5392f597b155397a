// A mail as a case system keeps it: a whole RFC 822 message with headers and MIME parts, or only what was written in it.

import PostalMime from 'postal-mime';
import { visibleReply } from './mail-reply.ts';
import { parseHtml } from './parse-html.ts';

export interface MailText {
  /** Empty when there is no Subject header. */
  readonly subject: string;
  readonly text: string;
}

/** Parts within parts. Forwarded chains reach about ten. */
const mimeDepthMax = 50;
/** Lines that may separate parts; each part costs the parser about 20 µs. Real mails have 3 to 50. */
const partsMax = 10_000;
/** Real headers are 2 to 20 KiB. */
const headerBytesMax = 256 * 1024;

const headerLine = /^[!-9;-~]{1,76}:(?:[ \t]|$)/;
/** A body may well start with `Error: disk full`; one of these tells a message from such a line. */
const knownHeader = /^(?:from|to|subject|date|received|return-path|message-id|mime-version|content-type):/i;
const htmlStart = /^\s{0,1000}<(?:!doctype|html|head|body|div|p|table|span|br|meta)\b/i;
const encodedPart = /^content-transfer-encoding:[ \t]*(?:quoted-printable|base64)/im;
const declaredCharset =
  /^(content-type:[^\n]{0,500}(?:\n[ \t][^\n]{0,500}){0,8}?charset[ \t]*=[ \t]*"?)[\w.:-]+/gim;

/** The author's own words, without quoted replies, signatures and attachments. */
export async function parseMail(source: string): Promise<MailText> {
  if (!hasHeaders(source)) return { subject: '', text: bodyText(source) };
  const mail = await parseMime(source);
  // A multipart/alternative says the same thing twice; its plain version needs no guessing about layout.
  const text = mail.text?.trim() ? visibleReply(unixLines(mail.text)) : '';
  return { subject: mail.subject?.trim() ?? '', text: text || bodyText(mail.html ?? '') };
}

interface MimeText {
  readonly subject?: string | undefined;
  readonly text?: string | undefined;
  readonly html?: string | undefined;
}

async function parseMime(source: string): Promise<MimeText> {
  if ((source.match(/^--/gm)?.length ?? 0) > partsMax) return { text: source };
  try {
    return await PostalMime.parse(asUtf8(source), {
      maxNestingDepth: mimeDepthMax,
      maxHeadersSize: headerBytesMax,
    });
  } catch {
    // It breaks one of the two bounds above, so it is no honest MIME: read it as the plain text that it also is.
    return { text: source };
  }
}

/**
 * Text that came to us decoded must not be decoded again: where nothing is encoded as quoted-printable or base64, the
 * characters already are what the declared charset once stood for.
 */
function asUtf8(source: string): string {
  if (encodedPart.test(source)) return source;
  return source.replace(declaredCharset, '$1utf-8');
}

function bodyText(body: string): string {
  return visibleReply(htmlStart.test(body) ? parseHtml(body) : unixLines(body));
}

function unixLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** Header lines and their continuations up to the first empty line, one of them a well-known one. */
function hasHeaders(source: string): boolean {
  let hasKnown = false;
  let position = 0;
  while (position < source.length && position < headerBytesMax) {
    const lineBreak = source.indexOf('\n', position);
    const lineEnd = lineBreak < 0 ? source.length : lineBreak;
    const line = source.slice(position, lineEnd).trimEnd();
    if (line === '') return hasKnown;
    const isContinuation = position > 0 && (source[position] === ' ' || source[position] === '\t');
    const isEnvelope = position === 0 && line.startsWith('From ');
    if (!isContinuation && !isEnvelope && !headerLine.test(line)) return false;
    hasKnown ||= knownHeader.test(line);
    position = lineEnd + 1;
  }
  return false;
}

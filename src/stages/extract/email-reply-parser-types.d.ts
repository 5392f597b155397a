// email-reply-parser ships no types; these are the parts that are used.

declare module 'email-reply-parser' {
  export interface Fragment {
    getContent(): string;
    isHidden(): boolean;
    isSignature(): boolean;
    isQuoted(): boolean;
  }
  export default class EmailReplyParser {
    read(text: string): { getFragments(): Fragment[] };
  }
}

declare module 'email-reply-parser/lib/regex.js' {
  const patterns: { answerHeadersRegex: RegExp[]; signatureRegex: RegExp[] };
  export default patterns;
}

// Volatile noise, what differs between two reports of one and the same problem: times, ids, addresses, blobs. Each piece
// becomes one `#`, so that the shape of a line stays readable. What support people search for stays whole: error codes,
// versions, paths, identifiers, host names, stack frames.
//
// Two rules keep this linear and idempotent (the tests hold it to both). A pattern starts and ends on a word character
// with no word character beyond, and looks at one character around it at most: a mask beside it changes nothing. And
// every repetition is bounded, or cannot be entered twice at the same place.

const mask = '#';

/** The mask itself is left out: a run of masks is not decoration. */
const decoration = /([-=_*~+.\u2013\u2014\u2022\u2500-\u257f])\1{3,}/g;

/**
 * Up to a fragment, which is also where a mask will stand: what lies behind one never joins the query. What ends a query
 * ends the part before it too, or the rest of a shortened link would reach into the next one.
 */
const urlQuery = /\bhttps?:\/\/[^\s?#<>"')\]]{1,500}\?[^\s#<>"')\]]*/g;
/** A longer query carries state, not meaning. */
const queryCharactersMax = 64;
const trackingName = /[?&;](?:utm_\w+|gclid|fbclid|msclkid|mc_eid|token|sig|signature|session\w*)=/i;

/** Base64 in its two alphabets, and anything else without a gap; always the whole run. */
const denseRun = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{40,}={0,2}/g;
const segments = /[A-Za-z0-9]{20,}/g;
/** A stretch this long decides, as base64 of real files has quiet parts too. */
const stretchCharacters = 20;
/** Neighbours of another kind (upper, lower, digit): 12 of 19 in random text, up to 7 in camelCase. */
const stretchChangesMin = 9;
const stretchDigitsMin = 2;

/** The process id in `sshd[1234]:`, but not the code in `SQLSTATE[42000]:`. */
const daemonPid = /(?<=[a-z]\[)\d{3,7}(?=\]:)/g;

const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const weekday = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const timeOfDay = '\\d{1,2}:\\d{2}:\\d{2}(?:[.,:]\\d{1,9})?(?: ?[AP]M)?';
const zoneName = '(?:Z|UTC|GMT|CEST|CET|EST|EDT|CST|CDT|PST|PDT)';
const zone = `(?: ?${zoneName}| ?[+-]\\d{2}:?\\d{2})?`;
const idOwner = '(?:request|req|session|trace|span|correlation|transaction|conversation|activity)';

/** By kind, tried in this order at each place; `keep` wins over the patterns behind it. */
const patterns = {
  // MAC addresses are names of devices, and some of them look like times.
  keep: '[0-9a-f]{2}(?::[0-9a-f]{2}){5}',
  uuid: '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  isoTime: `\\d{4}[-/.]\\d{2}[-/.]\\d{2}[T ,_-] ?(?:${timeOfDay}|\\d{2}:\\d{2})${zone}`,
  numericTime: `\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{2,4},? (?:${timeOfDay}|\\d{1,2}:\\d{2}(?: ?[AP]M)?)${zone}`,
  accessLogTime: `\\d{1,2}/${month}/\\d{4}:\\d{2}:\\d{2}:\\d{2}${zone}`,
  mailTime: `(?:${weekday},? )?\\d{1,2} ${month} \\d{4},? ${timeOfDay}${zone}`,
  syslogTime: `(?:${weekday} )?${month} \\d{1,2} ${timeOfDay}(?: ${zoneName})?(?: \\d{4})?`,
  time: `(?<![:.])${timeOfDay}${zone}`,
  pointer: '0x[0-9a-f]{9,16}',
  webToken: 'eyJ[\\w-]{8,500}',
  objectHash: '(?<=@)[0-9a-f]{6,16}(?!\\.)',
  namedId: `${idOwner}[-_ ]?id["']?[=: ]{1,3}["']?[\\w-]{6,200}`,
  processId: '(?:pid|process[-_ ]?id)[=: ]{1,3}\\d{1,9}',
  hexId: '[0-9a-f]{16,}',
  digits: '\\d{10,}',
};
type Kind = keyof typeof patterns;

const alternatives = Object.entries(patterns).map(([kind, pattern]) => `(?<${kind}>${pattern})`);
const noise = new RegExp(`(?<!\\w)(?:${alternatives.join('|')})(?<=\\w)(?!\\w)`, 'gi');

/** Takes text whose blanks are already single. */
export function maskNoise(text: string): string {
  return text
    .replace(decoration, '$1$1$1')
    .replace(urlQuery, withoutVolatileQuery)
    .replace(denseRun, (run) => (isBlob(run) ? mask : run))
    .replace(noise, (match: string, ...rest: unknown[]) =>
      maskOf(match, rest.at(-1) as Partial<Record<Kind, string>>),
    )
    .replace(daemonPid, mask);
}

function maskOf(match: string, kinds: Partial<Record<Kind, string>>): string {
  if (kinds.keep !== undefined) return match;
  if (kinds.pointer !== undefined) return isErrorCode(match) ? match : mask;
  // Six to sixteen letters a-f without a digit are words: @decade, facade.
  if (kinds.hexId !== undefined || kinds.objectHash !== undefined) return /\d/.test(match) ? mask : match;
  if (kinds.processId !== undefined) return match.replace(/\d+$/, mask);
  if (kinds.namedId !== undefined) {
    const value = /[\w-]+$/.exec(match)?.[0] ?? '';
    // "session id: required" names no session.
    return /\d/.test(value) ? match.slice(0, match.length - value.length) + mask : match;
  }
  return mask;
}

/** A 32-bit code written with 64 bits, such as 0xFFFFFFFF80070005 or 0x0000000000000050. */
function isErrorCode(pointer: string): boolean {
  return /^0x(?:0+|f+)[0-9a-f]{8}$/i.test(pointer);
}

function withoutVolatileQuery(url: string): string {
  const start = url.indexOf('?');
  const query = url.slice(start);
  return query.length > queryCharactersMax || trackingName.test(query) ? url.slice(0, start) : url;
}

/** Decided by one stretch of one segment, so that a part of a run that is no blob is none either. */
function isBlob(run: string): boolean {
  return run.match(segments)?.some(hasRandomStretch) ?? false;
}

function hasRandomStretch(segment: string): boolean {
  let changes = 0;
  let digits = 0;
  for (let i = 0; i < segment.length; i++) {
    if (kindAt(segment, i) === 'digit') digits += 1;
    if (i > 0 && kindAt(segment, i) !== kindAt(segment, i - 1)) changes += 1;
    const left = i - stretchCharacters;
    if (left >= 0 && kindAt(segment, left) === 'digit') digits -= 1;
    if (left >= 0 && kindAt(segment, left) !== kindAt(segment, left + 1)) changes -= 1;
    if (digits >= stretchDigitsMin && changes >= stretchChangesMin) return true;
  }
  return false;
}

function kindAt(segment: string, index: number): 'digit' | 'upper' | 'lower' {
  const code = segment.charCodeAt(index);
  if (code < 0x3a) return 'digit';
  return code < 0x5b ? 'upper' : 'lower';
}

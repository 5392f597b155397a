// Times as people write them in files and on the command line.

const durationUnits: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export const durationRule = 'must be a time such as 30s, 5m, 24h or 7d';

/** Milliseconds of `30m`; null when the text is no such time. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const unit = durationUnits[match?.[2] ?? ''];
  return unit === undefined ? null : Number(match?.[1]) * unit;
}

// `kms report`: how searches went.

import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import type { GetSearchReportResponse__Output } from '../grpc/generated/kms/v1/GetSearchReportResponse.ts';
import type { ReportedSearch__Output } from '../grpc/generated/kms/v1/ReportedSearch.ts';
import { durationToWire } from '../grpc/wire-status.ts';
import { exitCodes } from './command-io.ts';
import type { CommandRunner } from './command-runner.ts';
import { addClientOptions, type ClientOptions, durationReader, integerReader } from './common-options.ts';
import { safeJson, safeLine, shortened } from './safe-text.ts';
import { isoTimeOrNull } from './wire-forms.ts';

interface ReportOptions extends ClientOptions {
  readonly window: number;
  readonly limit: number;
}

const queryCharactersMax = 60;

export function addReportCommand(program: Command, runner: CommandRunner): void {
  const command = program
    .command('report')
    .description('Show how searches went: how many, how fast, which found nothing, what was opened.')
    .addOption(
      new Option('--window <time>', 'searches not older than this')
        .default(86_400_000, '1d')
        .argParser(durationReader(3_650)),
    )
    .addOption(
      new Option('-n, --limit <rows>', 'at most so many slow searches and zero-result queries')
        .default(20)
        .argParser(integerReader(1, 1_000)),
    )
    .addHelpText(
      'after',
      `
Examples:
  kms report
  kms report --window 7d --limit 50
  kms report --json | jq '.zero_result_queries[].text_hash'

Texts are shown only when the engine keeps them (KMS_ANALYTICS_TEXTS=true); otherwise equal queries have equal hashes.`,
    );
  addClientOptions(command).action((options: ReportOptions) =>
    runner.withEngine(options, async (connection, io) => {
      const request = { window: durationToWire(options.window), limit: options.limit };
      const report = await connection.call((client, call) => client.getSearchReport(request, call));
      io.stdout.write(options.json ? `${safeJson(reportJson(report))}\n` : reportText(report));
      return exitCodes.done;
    }),
  );
}

function reportText(report: GetSearchReportResponse__Output): string {
  const searches = Number(report.searches);
  const keptSince = isoTimeOrNull(report.keptSince);
  if (searches === 0) return `no searches in this time; kept since ${keptSince ?? 'never'}\n`;
  const share = (count: string) => `${count} (${((100 * Number(count)) / searches).toFixed(1)} %)`;
  const modes = Object.entries(report.searchesByMode)
    .filter(([, count]) => Number(count) > 0)
    .map(([mode, count]) => `${count} ${safeLine(mode)}`);
  const lines = [
    `searches: ${report.searches}, ${modes.join(', ')}; kept since ${keptSince}`,
    `found nothing: ${share(report.zeroResults)}`,
    `slow: ${share(report.slow)}`,
    `latency: median ${ms(report.p50Ms)}, 95 of 100 within ${ms(report.p95Ms)}, 99 within ${ms(report.p99Ms)}`,
    `with a hit that was opened: ${share(report.withClicks)}, mean reciprocal rank ${report.clickReciprocalRank.toFixed(3)}`,
  ];
  if (report.dropped !== '0') lines.push(`not remembered since the start: ${report.dropped}`);
  return `${lines.join('\n')}\n${slowestText(report.slowest)}${zeroText(report)}`;
}

function slowestText(searches: readonly ReportedSearch__Output[]): string {
  if (searches.length === 0) return '';
  const table = new Table({
    head: ['time', 'mode', 'ms', 'embed', 'search', 'words', 'hits', 'filter', 'query'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [] },
  });
  for (const search of searches) {
    table.push([
      isoTimeOrNull(search.time) ?? '',
      safeLine(search.mode),
      search.totalMs.toFixed(1),
      search.embedMs.toFixed(1),
      search.searchMs.toFixed(1),
      search.words,
      search.hits,
      search.filtered ? 'yes' : '',
      queryText(search),
    ]);
  }
  return `\nthe slowest\n${table.toString()}\n`;
}

function zeroText({ zeroResultQueries }: GetSearchReportResponse__Output): string {
  if (zeroResultQueries.length === 0) return '';
  const table = new Table({
    head: ['searches', 'last time', 'query'],
    colAligns: ['right', 'left', 'left'],
    style: { head: [], border: [] },
  });
  for (const query of zeroResultQueries)
    table.push([query.searches, isoTimeOrNull(query.lastTime) ?? '', queryText(query)]);
  return `\nfound nothing\n${table.toString()}\n`;
}

/** The text where it is kept, else the hash that equal texts share. */
function queryText({ text, textHash }: { readonly text: string; readonly textHash: string }): string {
  return text === '' ? textHash : shortened(safeLine(text), queryCharactersMax);
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function reportJson(report: GetSearchReportResponse__Output): object {
  return {
    searches: Number(report.searches),
    zero_results: Number(report.zeroResults),
    with_clicks: Number(report.withClicks),
    slow: Number(report.slow),
    p50_ms: report.p50Ms,
    p95_ms: report.p95Ms,
    p99_ms: report.p99Ms,
    click_reciprocal_rank: report.clickReciprocalRank,
    searches_by_mode: Object.fromEntries(
      Object.entries(report.searchesByMode).map(([mode, count]) => [mode, Number(count)]),
    ),
    slowest: report.slowest.map((search) => ({
      search_id: search.searchId,
      time: isoTimeOrNull(search.time),
      mode: search.mode,
      text: search.text,
      text_hash: search.textHash,
      characters: search.characters,
      words: search.words,
      hits: search.hits,
      total_ms: search.totalMs,
      embed_ms: search.embedMs,
      search_ms: search.searchMs,
      filtered: search.filtered,
    })),
    zero_result_queries: report.zeroResultQueries.map((query) => ({
      text: query.text,
      text_hash: query.textHash,
      searches: Number(query.searches),
      last_time: isoTimeOrNull(query.lastTime),
    })),
    kept_since: isoTimeOrNull(report.keptSince),
    dropped: Number(report.dropped),
  };
}

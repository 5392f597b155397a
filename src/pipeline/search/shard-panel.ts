// All shards of a space as one: asks each of them, or those that hold a document, and puts the answers together.

import type { ActorRef } from '../../actor/actor.ts';
import type { TermStatistics } from '../../lexical/lexical-query.ts';
import type { DocumentKey } from '../../model/document.ts';
import type {
  IndexTasks,
  ShardAnswer,
  ShardQuery,
  ShownDocument,
  TermAnswer,
  TermQuestion,
} from '../../stages/index/index-messages.ts';
import type { CallOptions, DocumentPage, DocumentPageRequest } from '../engine-api.ts';
import { mergePages } from '../merge-pages.ts';
import { askByShard } from '../shard-router.ts';
import { askUrgently } from './urgent-ask.ts';

type FetchRequest = IndexTasks['fetch']['request'];

/** How documents are to be shown; what is left out is not asked for. */
export type ShownAs = Partial<Omit<FetchRequest, 'keys'>>;

export class ShardPanel {
  readonly #shards: readonly ActorRef<IndexTasks>[];

  /** By shard number. */
  constructor(shards: readonly ActorRef<IndexTasks>[]) {
    this.#shards = shards;
  }

  get count(): number {
    return this.#shards.length;
  }

  /** One answer a shard. */
  search(query: ShardQuery, call: CallOptions): Promise<ShardAnswer[]> {
    return this.#askAll((shard) => askUrgently(call, (options) => shard.ask('search', query, options)));
  }

  /** What all shards together know of the terms. */
  async describeTerms(question: TermQuestion, call: CallOptions): Promise<TermAnswer> {
    const answers = await this.#askAll((shard) =>
      askUrgently(call, (options) => shard.ask('describeTerms', question, options)),
    );
    return mergeTermAnswers(answers, question);
  }

  /** Index-aligned; null where there is no such document. Rejects with `invalid_argument` when they are too large for one answer. */
  fetch(
    keys: FetchRequest['keys'],
    { withVectors = false, omitBody = false, terms = [], ...more }: ShownAs,
    call: CallOptions,
  ): Promise<(ShownDocument | null)[]> {
    return askByShard(keys, this.#shards.length, async (part) => {
      const shard = this.#shards[part.shard] as ActorRef<IndexTasks>;
      const shown = { keys: part.items, withVectors, omitBody, terms, ...more };
      return (await askUrgently(call, (options) => shard.ask('fetch', shown, options))).documents;
    });
  }

  async fetchOne(key: DocumentKey, shown: ShownAs, call: CallOptions): Promise<ShownDocument | null> {
    const [found] = await this.fetch([key], shown, call);
    return found ?? null;
  }

  async list(page: DocumentPageRequest, call: CallOptions): Promise<DocumentPage> {
    const pages = await this.#askAll((shard) =>
      askUrgently(call, (options) => shard.ask('list', page, options)),
    );
    return mergePages(pages, page.limit);
  }

  #askAll<Reply>(ask: (shard: ActorRef<IndexTasks>) => Promise<Reply>): Promise<Reply[]> {
    const [only] = this.#shards;
    if (only !== undefined && this.#shards.length === 1) return ask(only).then((reply) => [reply]);
    return Promise.all(this.#shards.map(ask));
  }
}

/** Statistics summed; suggestions one shard's behind the other's, so that one term may come twice. */
function mergeTermAnswers(answers: readonly TermAnswer[], question: TermQuestion): TermAnswer {
  const [only] = answers;
  if (only !== undefined && answers.length === 1) return only;
  const statistics = answers.map((answer) => answer.statistics);
  const sum = (pick: (part: TermStatistics) => number) =>
    statistics.reduce((total, part) => total + pick(part), 0);
  return {
    statistics: {
      documents: sum((part) => part.documents),
      titleTokens: sum((part) => part.titleTokens),
      bodyTokens: sum((part) => part.bodyTokens),
      documentFrequencies: question.terms.map((_, i) => sum((part) => part.documentFrequencies[i] ?? 0)),
    },
    suggestions: question.misspelt.map((_, i) => answers.flatMap((answer) => answer.suggestions[i] ?? [])),
    fieldsExist: question.fields.map((_, i) => answers.some((answer) => answer.fieldsExist[i] === true)),
  };
}

// What stands in a dictionary of synonyms, and each of its faults with its line.

import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { FieldViolation } from '../../base/errors.ts';
import { nearestName } from '../../config/nearest-name.ts';
import { collectionNamePattern } from '../../model/limits.ts';
import { cleanQuery } from '../../stages/clean/clean-text.ts';
import { entryWordsMax, keyOf, type SynonymGroup, searchableTerms, wordCountOf } from './synonyms.ts';

const groupsMax = 10_000;
/** Members of one group; each leads to all others. */
const membersMax = 32;
const memberLengthMax = 100;
const weightByDefault = 0.3;

export interface Dictionary {
  /** Of use only when there are no faults. */
  readonly groups: readonly SynonymGroup[];
  /** The field is the line: `line 7`. */
  readonly faults: readonly FieldViolation[];
}

/** Never throws. */
export function readDictionary(text: string): Dictionary {
  const reader = new DictionaryReader();
  const groups = reader.read(text);
  return { groups, faults: reader.faults };
}

type Place = Node | null | undefined;

class DictionaryReader {
  readonly faults: FieldViolation[] = [];
  readonly #lines = new LineCounter();
  readonly #groups: SynonymGroup[] = [];

  read(text: string): readonly SynonymGroup[] {
    // Failsafe: every value is the text that stands there; `1.10` is no number and `null` no nothing.
    const document = parseDocument(text, { schema: 'failsafe', lineCounter: this.#lines });
    for (const { message, pos } of document.errors)
      this.#fault(pos[0], `must be YAML: ${message.split('\n')[0]}`);
    if (this.faults.length > 0) return [];
    if (!isMap(document.contents)) {
      this.#reject(document.contents, 'must be a mapping with version and collections');
      return [];
    }
    const root = this.#fields(document.contents, ['version', 'collections']);
    if (this.#scalar(root.get('version')) !== '1') this.#reject(document.contents, 'version must be 1');
    const collections = root.get('collections');
    if (collections !== undefined) this.#readCollections(collections);
    if (this.#groups.length > groupsMax)
      this.#reject(collections, `must have at most ${groupsMax} groups, has ${this.#groups.length}`);
    return this.#groups;
  }

  #readCollections(collections: Node): void {
    for (const [name, list] of this.#fields(collections, null)) {
      if (name !== '*' && !collectionNamePattern.test(name))
        this.#reject(list, `"${name}" must be the name of a collection, or "*" for all of them`);
      if (isSeq(list)) for (const group of list.items) this.#readGroup(name, group as Node);
      else this.#reject(list, `"${name}" must have a list of groups`);
    }
  }

  #readGroup(collection: string, group: Place): void {
    if (isSeq(group)) {
      this.#addTwoWay(collection, group, weightByDefault);
      return;
    }
    if (!isMap(group)) {
      this.#reject(
        group,
        'a group must be a list of words ([vpn, virtual private network]), or have from and to',
      );
      return;
    }
    const fields = this.#fields(group, ['from', 'to', 'words', 'weight']);
    const weight = this.#weight(fields.get('weight'));
    if (fields.has('words') && !fields.has('from') && !fields.has('to')) {
      this.#addTwoWay(collection, fields.get('words'), weight);
    } else if (!fields.has('words') && fields.has('from') && fields.has('to')) {
      this.#addOneWay(collection, { from: fields.get('from'), to: fields.get('to'), weight });
    } else {
      this.#reject(group, 'a group must have from and to, or words');
    }
  }

  #addTwoWay(collection: string, list: Place, weight: number): void {
    const words = this.#members(list);
    if (words.length < 2) this.#reject(list, `a group must have 2 to ${membersMax} members`);
    this.#rejectDoubles(list, words);
    this.#groups.push({ collection, from: words, to: words, weight });
  }

  #addOneWay(
    collection: string,
    { from, to, weight }: { readonly from: Place; readonly to: Place; readonly weight: number },
  ): void {
    const [sources, targets] = [this.#members(from), this.#members(to)];
    if (sources.length === 0) this.#reject(from, `from must have 1 to ${membersMax} members`);
    if (targets.length === 0) this.#reject(to, `to must have 1 to ${membersMax} members`);
    this.#rejectDoubles(to, [...sources, ...targets]);
    this.#groups.push({ collection, from: sources, to: targets, weight });
  }

  /** A word, or a list of them; each as cleaning makes it, which queries have gone through as well. */
  #members(place: Place): string[] {
    const items = isSeq(place) ? (place.items as Node[]) : place === undefined ? [] : [place];
    if (items.length > membersMax) this.#reject(place, `must have at most ${membersMax} members`);
    return items.slice(0, membersMax).flatMap((item) => this.#member(item) ?? []);
  }

  #member(item: Place): string | null {
    const text = this.#scalar(item);
    if (text === null) return this.#reject(item, 'a member must be a text');
    if (text.length > memberLengthMax)
      return this.#reject(item, `a member must have at most ${memberLengthMax} characters`);
    const cleaned = cleanQuery(text);
    const words = wordCountOf(cleaned);
    if (words > entryWordsMax)
      return this.#reject(item, `"${text}" has ${words} words: at most ${entryWordsMax}`);
    if (searchableTerms(cleaned).length > 0) return cleaned;
    return this.#reject(
      item,
      `"${text}" must hold a word that can be searched for (stop words are in no index)`,
    );
  }

  #rejectDoubles(place: Place, words: readonly string[]): void {
    const seen = new Map<string, string>();
    for (const word of words) {
      const first = seen.get(keyOf(word));
      if (first !== undefined) this.#reject(place, `"${first}" and "${word}" are the same to a search`);
      seen.set(keyOf(word), word);
    }
  }

  #weight(place: Place): number {
    if (place === undefined) return weightByDefault;
    const text = this.#scalar(place) ?? '';
    const weight = /^\d(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0;
    if (weight > 0 && weight <= 1) return weight;
    this.#reject(place, 'weight must be above 0 and at most 1');
    return weightByDefault;
  }

  /** The fields of a mapping by name; `known` null: any. What is no mapping, and a name that is not known, is a fault. */
  #fields(place: Place, known: readonly string[] | null): Map<string, Node> {
    const fields = new Map<string, Node>();
    if (!isMap(place)) {
      this.#reject(place, `must be a mapping${known === null ? '' : ` with ${known.join(', ')}`}`);
      return fields;
    }
    for (const { key, value } of place.items) {
      const name = this.#scalar(key as Node) ?? '';
      if (known !== null && !known.includes(name)) {
        const nearest = nearestName(name, known);
        const hint = nearest === null ? `the fields are ${known.join(', ')}` : `did you mean ${nearest}?`;
        this.#reject(key as Node, `"${name}" is not a field here; ${hint}`);
      } else fields.set(name, value as Node);
    }
    return fields;
  }

  #scalar(place: Place): string | null {
    return isScalar(place) && typeof place.value === 'string' && place.value.trim() !== ''
      ? place.value
      : null;
  }

  #reject(place: Place, description: string): null {
    this.#fault(place?.range?.[0] ?? 0, description);
    return null;
  }

  #fault(offset: number, description: string): void {
    this.faults.push({ field: `line ${Math.max(1, this.#lines.linePos(offset).line)}`, description });
  }
}

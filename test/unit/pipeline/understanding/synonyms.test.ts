import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KmsError } from '../../../../src/base/errors.ts';
import { loadSynonyms } from '../../../../src/pipeline/understanding/load-synonyms.ts';
import { Synonyms } from '../../../../src/pipeline/understanding/synonyms.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

function written(text: string): string {
  const path = join(temporaryFolder(), 'synonyms.yaml');
  writeFileSync(path, text);
  return path;
}

const surfaces = (synonyms: Synonyms, text: string, collections: readonly string[] = []) =>
  synonyms.expand(text, collections).map(({ surface }) => surface);

async function faultsOf(text: string): Promise<readonly string[]> {
  try {
    await loadSynonyms(written(text));
  } catch (error) {
    if (!(error instanceof KmsError)) throw error;
    expect(error.code).toBe('invalid_argument');
    return error.violations.map(({ field, description }) => `${field}: ${description}`);
  }
  return [];
}

const dictionary = `
version: 1
collections:
  "*":
    - [vpn, virtual private network]
    - [network, net]
    - { from: k8s, to: kubernetes }
    - { from: [mail, private], to: [exchange server], weight: 0.5 }
  cases:
    - [pc, workstation]
  articles:
    - { words: [pc, printed circuit], weight: 1 }
`;

describe('synonyms', () => {
  it('a two-way group leads from each member to the others, at a low weight shared among their words', async () => {
    const synonyms = await loadSynonyms(written(dictionary));
    expect(synonyms.expand('the VPN fails', [])).toEqual([
      {
        surface: 'virtual private network',
        terms: ['virtual', 'privat', 'network'],
        weight: 0.3 / 3,
        standsFor: ['vpn'],
      },
    ]);
    expect(synonyms.expand('our virtual private networks', [])).toEqual([
      { surface: 'vpn', terms: ['vpn'], weight: 0.3, standsFor: ['virtual', 'privat', 'network'] },
    ]);
  });

  it('the longest entry matches, and its words are not matched again', async () => {
    const synonyms = await loadSynonyms(written(dictionary));
    expect(surfaces(synonyms, 'virtual private network')).toEqual(['vpn']);
    expect(surfaces(synonyms, 'private network')).toEqual(['exchange server', 'net']);
  });

  it('a one-way group does not lead back', async () => {
    const synonyms = await loadSynonyms(written(dictionary));
    expect(surfaces(synonyms, 'k8s pod')).toEqual(['kubernetes']);
    expect(surfaces(synonyms, 'kubernetes pod')).toEqual([]);
  });

  it('what the query says already is not looked for twice', async () => {
    const synonyms = await loadSynonyms(written(dictionary));
    expect(surfaces(synonyms, 'vpn (virtual private network) is down')).toEqual([]);
    expect(synonyms.expand('mail of a private person', [])).toHaveLength(1);
  });

  it('a group counts in its collection, in all of them, and when all are searched; the stronger tie wins', async () => {
    const synonyms = await loadSynonyms(written(dictionary));
    expect(surfaces(synonyms, 'pc', ['cases'])).toEqual(['workstation']);
    expect(surfaces(synonyms, 'pc', ['articles'])).toEqual(['printed circuit']);
    expect(surfaces(synonyms, 'pc', ['others'])).toEqual([]);
    expect(surfaces(synonyms, 'pc')).toEqual(['workstation', 'printed circuit']);
    expect(surfaces(synonyms, 'vpn', ['others'])).toEqual(['virtual private network']);
    const twice = new Synonyms([
      { collection: 'a', from: ['pc'], to: ['desktop'], weight: 0.2 },
      { collection: 'b', from: ['pc'], to: ['Desktops'], weight: 0.4 },
    ]);
    expect(twice.expand('pc', [])).toMatchObject([{ terms: ['desktop'], weight: 0.4 }]);
  });

  it('a query grows by at most 64 terms, whatever the dictionary', () => {
    const to = Array.from({ length: 30 }, (_, i) => `word${String.fromCharCode(97 + i)}x three more`);
    const groups = ['vpn', 'net', 'pc'].map((from) => ({ collection: '*', from: [from], to, weight: 0.3 }));
    const more = { collection: '*', from: ['net'], to: to.map((word) => `un${word}`), weight: 0.3 };
    const expansions = new Synonyms([...groups, more]).expand('vpn net pc', []);
    const terms = expansions.reduce((sum, expansion) => sum + expansion.terms.length, 0);
    expect(terms).toBeGreaterThan(32);
    expect(terms).toBeLessThanOrEqual(64);
  });

  it('any text can be expanded, and a dictionary without entries adds nothing', async () => {
    const synonyms = await loadSynonyms(written(dictionary));
    const none = await loadSynonyms('');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const { terms, weight } of synonyms.expand(text, [])) {
          expect(terms.length).toBeGreaterThan(0);
          expect(weight * terms.length).toBeLessThanOrEqual(1);
        }
        expect(none.expand(text, [])).toEqual([]);
      }),
    );
  });
});

describe('the synonyms file', () => {
  it('the example can be used as it is', async () => {
    const synonyms = await loadSynonyms('examples/synonyms.yaml');
    expect(surfaces(synonyms, 'SSO login', ['articles'])).toEqual(['single sign-on']);
    expect(surfaces(synonyms, 'single sign on', ['articles'])).toEqual(['sso']);
    expect(surfaces(synonyms, 'the laptops are slow')).toEqual(['notebook']);
  });

  it('all faults are reported together, each with its line', async () => {
    const text = `version: 2
colections: {}
collections:
  Cases:
    - [vpn]
  cases:
    - vpn
    - [the, definite article]
    - { from: vpn, to: VPNs, weigth: 0.3 }
    - { from: vpn, to: private net, weight: 1.5 }
    - { from: vpn }
    - [a b c d e f g h i, ninewords]
    - [x, {y: z}]
  articles: vpn`;
    expect(await faultsOf(text)).toEqual([
      'line 2: "colections" is not a field here; did you mean collections?',
      'line 1: version must be 1',
      'line 5: "Cases" must be the name of a collection, or "*" for all of them',
      'line 5: a group must have 2 to 32 members',
      'line 7: a group must be a list of words ([vpn, virtual private network]), or have from and to',
      'line 8: "the" must hold a word that can be searched for (stop words are in no index)',
      'line 8: a group must have 2 to 32 members',
      'line 9: "weigth" is not a field here; did you mean weight?',
      'line 9: "vpn" and "VPNs" are the same to a search',
      'line 10: weight must be above 0 and at most 1',
      'line 11: a group must have from and to, or words',
      'line 12: "a b c d e f g h i" has 9 words: at most 8',
      'line 12: a group must have 2 to 32 members',
      'line 13: a member must be a text',
      'line 13: a group must have 2 to 32 members',
      'line 14: "articles" must have a list of groups',
    ]);
  });

  it.each([
    ['', 'line 1: must be a mapping with version and collections'],
    ['- vpn', 'line 1: must be a mapping with version and collections'],
    ['version: 1\ncollections: [a]', 'line 2: must be a mapping'],
    ['version: 1\ncollections:\n  cases: [', 'line 3: must be YAML: '],
    ['version: 1\ncollections: {cases: [[a1, &x b1], [c1, *x]]}', 'line 2: a member must be a text'],
  ])('%j is refused', async (text, fault) => {
    expect((await faultsOf(text))[0]).toContain(fault);
  });

  it('values are texts as they are written: versions, truths, nothing', async () => {
    const path = written(
      'version: 1\ncollections: {"*": [[1.10, tenth release], [true, correct], [null, void]]}',
    );
    const synonyms = await loadSynonyms(path);
    expect(surfaces(synonyms, 'tenth release')).toEqual(['1.10']);
    expect(surfaces(synonyms, 'correct')).toEqual(['true']);
    expect(surfaces(synonyms, 'void')).toEqual(['null']);
  });

  it('ten thousand groups are read, one more is refused', async () => {
    const file = (count: number) =>
      `version: 1\ncollections:\n  cases:\n${Array.from({ length: count }, (_, i) => `    - [w${i}x, v${i}x]\n`).join('')}`;
    const synonyms = await loadSynonyms(written(file(10_000)));
    expect(surfaces(synonyms, 'w9999x')).toEqual(['v9999x']);
    expect(await faultsOf(file(10_001))).toEqual(['line 3: must have at most 10000 groups, has 10001']);
  });

  it('a file that is not there is a fault', async () => {
    await expect(loadSynonyms('/nowhere/synonyms.yaml')).rejects.toMatchObject({
      code: 'invalid_argument',
      violations: [{ field: 'file', description: 'does not exist' }],
    });
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseMerge, type MergeCandidate, type MergeLimits } from '../../../src/lexical/merge-policy.ts';

const limits: MergeLimits = {
  factor: 4,
  documentsMax: 64_000,
  postingsMax: 6_400_000,
  postingsFloor: 20_000,
  removedShareMax: 0.25,
};

function total(candidates: readonly MergeCandidate[]): MergeCandidate {
  const sum = (of: (candidate: MergeCandidate) => number) =>
    candidates.reduce((result, candidate) => result + of(candidate), 0);
  return { documents: sum((one) => one.documents), removed: 0, postings: sum((one) => one.postings) };
}

test('segments stay few and within their limits, and a document is copied a few times only', () => {
  const sealed = fc.oneof(fc.integer({ min: 1, max: 4_000 }), fc.constant(4_000), fc.constant(1));
  fc.assert(
    fc.property(fc.array(sealed, { minLength: 50, maxLength: 400 }), (sizes) => {
      let segments: MergeCandidate[] = [];
      let copied = 0;
      for (const documents of sizes) {
        segments.push({ documents, removed: 0, postings: documents * 100 });
        for (let chosen = chooseMerge(segments, limits); chosen; chosen = chooseMerge(segments, limits)) {
          const places = new Set(chosen);
          expect(places.size).toBe(chosen.length);
          expect(chosen.length).toBeGreaterThan(1);
          const merged = total(segments.filter((_, place) => places.has(place)));
          expect(merged.documents).toBeLessThanOrEqual(limits.documentsMax);
          expect(merged.postings).toBeLessThanOrEqual(limits.postingsMax);
          copied += merged.documents;
          segments = [...segments.filter((_, place) => !places.has(place)), merged];
        }
        const largest = segments.filter((segment) => 2 * segment.documents > limits.documentsMax);
        // Three a tier, from the floor of 200 documents in fours to the limit.
        expect(segments.length - largest.length).toBeLessThanOrEqual(3 * 6);
      }
      const written = sizes.reduce((sum, documents) => sum + documents, 0);
      expect(copied).toBeLessThanOrEqual(5 * written + 400 * 200);
    }),
  );
});

test('a segment with too many removed documents is written anew by itself', () => {
  const whole = { documents: 4_000, removed: 1_000, postings: 500_000 };
  expect(chooseMerge([whole], limits)).toBeNull();
  expect(chooseMerge([whole, { ...whole, documents: 2_999 }], limits)).toEqual([1]);
});

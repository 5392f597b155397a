import { expect, test } from 'vitest';
import { CompareChoice } from '../../../src/pipeline/compare-choice.ts';

test('it is worth asking first while at least half of a message was there already', () => {
  const choice = new CompareChoice();
  expect(choice.isWorthwhile).toBe(false);
  choice.learn({ documents: 128, unchanged: 64 });
  expect(choice.isWorthwhile).toBe(true);
  choice.learn({ documents: 128, unchanged: 63 });
  expect(choice.isWorthwhile).toBe(false);
});

test('a message without such documents teaches nothing', () => {
  const choice = new CompareChoice();
  choice.learn({ documents: 1, unchanged: 1 });
  choice.learn({ documents: 0, unchanged: 0 });
  expect(choice.isWorthwhile).toBe(true);
});

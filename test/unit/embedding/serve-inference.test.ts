import { expect, test } from 'vitest';
import { oneByOne } from '../../../src/embedding/minilm/serve-inference.ts';

test('a task begins only when the reply of the one before it, or its failure, has been handed over', async () => {
  const story: string[] = [];
  const serve = oneByOne(async (name: string) => {
    story.push(`begins ${name}`);
    await Promise.resolve();
    if (name === 'b') throw new Error('fault of b');
    return `reply ${name}`;
  });
  const tasks = ['a', 'b', 'c'].map((name) =>
    serve(name).then(
      (reply) => story.push(reply),
      (error: Error) => story.push(error.message),
    ),
  );
  await Promise.all(tasks);
  expect(story).toEqual(['begins a', 'reply a', 'begins b', 'fault of b', 'begins c', 'reply c']);
});

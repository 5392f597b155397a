// The docs against the declared metrics: an operator finds each one.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metricDeclarations } from '../../../src/observability/metric-declarations.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'docs');
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
const words = new Set(pages.flatMap((page) => readFileSync(join(folder, page), 'utf8').match(/\w+/g) ?? []));

test.each(Object.keys(metricDeclarations))('%s is explained', (name) => {
  expect(words).toContain(name);
});

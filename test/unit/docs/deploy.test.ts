// What deploy/ says about the engine must be what the engine says about itself.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingKeys, settingsSchema, variableOf } from '../../../src/config/settings-schema.ts';
import { metricDeclarations } from '../../../src/observability/metric-declarations.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const files = [
  'Dockerfile',
  'deploy/docker-compose.yml',
  'deploy/systemd/kms.service',
  'deploy/kubernetes/kms.yaml',
  'deploy/prometheus/kms-alerts.yml',
];

it.each(files)('%s names only settings that exist', (file) => {
  const variables = settingKeys.map(variableOf);
  const named = [...read(file).matchAll(/\bKMS_[A-Z_]*[A-Z]\b/g)].map((match) => match[0]);
  expect(named.filter((name) => !variables.includes(name))).toEqual([]);
});

it('alerts watch only metrics and labels that are declared', () => {
  const text = read('deploy/prometheus/kms-alerts.yml');
  const names = [...text.matchAll(/\b(?:kms|grpc_server)_[a-z_]+/g)]
    .map((match) => match[0].replace(/_bucket$/, ''))
    .filter((name) => name !== 'kms_engine');
  expect(names.filter((name) => !(name in metricDeclarations))).toEqual([]);
  expect(names.length).toBeGreaterThan(0);
});

describe('a process manager waits longer than the engine takes to stop', () => {
  const stopSeconds = Number(settingsSchema.shutdownTimeoutMs.default) / 1000;
  it.each([
    ['deploy/systemd/kms.service', /TimeoutStopSec=(\d+)/],
    ['deploy/docker-compose.yml', /stop_grace_period: (\d+)s/],
    ['deploy/kubernetes/kms.yaml', /terminationGracePeriodSeconds: (\d+)/],
  ])('%s', (file, pattern) => {
    expect(Number(pattern.exec(read(file))?.[1])).toBeGreaterThan(stopSeconds);
  });
});

// The settings as a Markdown table, for the README and docs/configuration.md; a test compares them with this.

import type { SettingSpec } from './setting-kinds.ts';
import { formatNumber } from './setting-kinds.ts';
import { flagOf, settingKeys, settingsSchema, variableOf } from './settings-schema.ts';

/** One row a setting: variable, flag, default, allowed values, description. */
export function settingsTable(): string {
  const rows = settingKeys.map((key) => {
    const spec: SettingSpec = settingsSchema[key];
    const byDefault = spec.default === '' ? '' : `\`${spec.default}\``;
    const cells = [`\`${variableOf(key)}\``, `\`${flagOf(key)}\``, byDefault, allowedOf(spec)];
    return `| ${[...cells, spec.description].join(' | ')} |`;
  });
  return ['| Variable | Flag | Default | Allowed | What it is for |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}

function allowedOf(spec: SettingSpec): string {
  if (spec.kind === 'address') return 'host:port';
  if (spec.kind === 'path') return 'a path';
  if (spec.kind === 'text') return 'text';
  if (spec.kind === 'choice') return spec.choices.map((choice) => `\`${choice}\``).join(' ');
  const unit = { integer: '', decimal: '', bytes: ' bytes', duration_ms: ' ms' }[spec.kind];
  return `${formatNumber(spec.kind, spec.min)}..${formatNumber(spec.kind, spec.max)}${unit}`;
}

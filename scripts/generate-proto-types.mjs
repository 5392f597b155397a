// Writes the TypeScript types of proto/, and its descriptors for reflection, to src/grpc/generated. With --check it writes them to a temporary folder
// instead and fails when they differ from the committed ones.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const protoDir = join(root, 'proto');
const generatedDir = join(root, 'src', 'grpc', 'generated');

/** Every file below `dir`, as sorted paths relative to it. */
function filesBelow(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

// The options must be the ones that src/grpc/service-definitions.ts loads the protos with.
function generateInto(outDir) {
  const protos = filesBelow(protoDir).filter((path) => path.endsWith('.proto'));
  const options = [
    '--longs=String',
    '--enums=String',
    '--defaults',
    '--oneofs',
    '--grpcLib=@grpc/grpc-js',
    '--importFileExtension=.ts',
    // Relative, with the project as working directory: the path is written into each file.
    '--includeDirs=proto',
    `--outDir=${outDir}`,
  ];
  const generator = join(
    root,
    'node_modules',
    '@grpc',
    'proto-loader',
    'build',
    'bin',
    'proto-loader-gen-types.js',
  );
  execFileSync(process.execPath, [generator, ...options, ...protos], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // One file a proto with the types of its whole package: nothing imports them, and those without a service do not
  // pass noUnusedLocals.
  for (const proto of protos) rmSync(join(outDir, `${basename(proto, '.proto')}.ts`));
}

// Reflection needs the descriptors of a real compiler: those that protobufjs makes of its own types have no imports,
// other field names and relative type names, and foreign tools refuse them.
function describeInto(outDir) {
  const buf = join(root, 'node_modules', '.bin', 'buf');
  const image = execFileSync(buf, ['build', '--as-file-descriptor-set', '--exclude-source-info', '-o', '-'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const source = [
    '// The google.protobuf.FileDescriptorSet of proto/ in base64, made by scripts/generate-proto-types.mjs.',
    'export const descriptorSetBase64 =',
    `  '${image.toString('base64')}';`,
    '',
  ];
  writeFileSync(join(outDir, 'descriptor-set.ts'), source.join('\n'));
}

/** Paths that exist on one side only or differ. */
function differences(freshDir) {
  const fresh = filesBelow(freshDir);
  const committed = filesBelow(generatedDir);
  const paths = [...new Set([...fresh, ...committed])].sort();
  return paths.filter((path) => {
    if (!fresh.includes(path) || !committed.includes(path)) return true;
    return readFileSync(join(freshDir, path), 'utf8') !== readFileSync(join(generatedDir, path), 'utf8');
  });
}

if (process.argv.includes('--check')) {
  const freshDir = mkdtempSync(join(tmpdir(), 'kms-proto-'));
  try {
    generateInto(freshDir);
    describeInto(freshDir);
    const stale = differences(freshDir);
    if (stale.length > 0) {
      console.error(`src/grpc/generated is stale; run npm run proto:generate:\n  ${stale.join('\n  ')}`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(freshDir, { recursive: true, force: true });
  }
} else {
  rmSync(generatedDir, { recursive: true, force: true });
  generateInto(generatedDir);
  describeInto(generatedDir);
}

// Imports point one way: a file imports its own folder or a lower rank. Then a room can be read, tested and replaced
// knowing only what is below it. The ranks are explained in docs/architecture.md.

const ranks = [
  ['base'],
  ['actor', 'config', 'model', 'observability', 'vector', 'lexical'],
  ['filtering', 'ranking'],
  ['sources', 'embedding', 'storage'],
  ['stages'],
  ['pipeline'],
  ['grpc'],
  ['cli', 'engine\\.ts'],
  ['main\\.ts'],
];

/** Matches every file of the rooms: a folder's files, or the file itself. */
const pathOf = (rooms) =>
  `^src/(${rooms.map((room) => (room.endsWith('.ts') ? `${room}$` : `${room}/`)).join('|')})`;

const rankRules = ranks.flatMap((rooms, rank) =>
  rooms
    .map((room) => {
      const notBelow = ranks
        .slice(rank)
        .flat()
        .filter((other) => other !== room);
      return {
        name: `rank-${rank}-${room.replace('\\.ts', '')}`,
        comment: `src/${room.replace('\\', '')} has rank ${rank}: it imports itself and ranks below ${rank} only`,
        severity: 'error',
        from: { path: pathOf([room]) },
        to: { path: pathOf(notBelow) },
      };
    })
    .filter((rule) => rule.to.path !== '^src/()'),
);

module.exports = {
  forbidden: [
    ...rankRules,
    {
      name: 'stages-apart',
      comment: 'a stage knows nothing of another stage but the types of its messages',
      severity: 'error',
      from: { path: '^src/stages/([^/]+)/' },
      to: { path: '^src/stages/', pathNot: ['^src/stages/$1/', '^src/stages/[^/]+/[^/]+-messages\\.ts$'] },
    },
    {
      name: 'stages-share-types-only',
      comment: "import another stage's messages with `import type`",
      severity: 'error',
      from: { path: '^src/stages/([^/]+)/' },
      to: {
        path: '^src/stages/[^/]+/[^/]+-messages\\.ts$',
        pathNot: '^src/stages/$1/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'known-rooms',
      comment: 'every file under src/ lives in a room that has a rank; a new room gets its rank here',
      severity: 'error',
      from: { path: '^src/', pathNot: pathOf(ranks.flat()) },
      to: {},
    },
    {
      name: 'no-circles',
      severity: 'error',
      // A filter holds filters: generated types of messages that hold themselves refer to each other, and hold no code.
      from: { pathNot: '^src/grpc/generated/' },
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'product-needs-no-tools',
      comment: 'the product runs with production dependencies alone, and never imports a test',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: ['^test/', '^scripts/', '^native-bench/', '^examples/'] },
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      // The bootstrap lets a thread start from TypeScript; the built product never loads it.
      from: { path: '^src/', pathNot: '^src/actor/thread-bootstrap\\.mjs$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};

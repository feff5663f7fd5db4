// Who may import whom: protocol ← platform ← vod | functions | gateway ← server ← cli; protocol ← receiver ← server | cli.
const ALLOWED = {
  protocol: [],
  platform: ['protocol'],
  vod: ['protocol', 'platform'],
  functions: ['protocol', 'platform'],
  gateway: ['protocol', 'platform'],
  receiver: ['protocol'],
  server: ['protocol', 'platform', 'vod', 'functions', 'gateway', 'receiver'],
  cli: ['protocol', 'platform', 'receiver', 'server'],
  console: [],
};
const PACKAGES = Object.keys(ALLOWED);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...PACKAGES.map((name) => ({
      name: `${name}-imports-only-what-it-may`,
      severity: 'error',
      from: { path: `^packages/${name}/src/` },
      to: {
        path: `^packages/(${PACKAGES.filter((other) => other !== name && !ALLOWED[name].includes(other)).join('|')})/`,
      },
    })),
    {
      name: 'packages-meet-at-their-index',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/[^/]+/src/(?!index\\.ts$)', pathNot: '^packages/$1/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'sources-do-not-import-tests',
      severity: 'error',
      from: { path: '/src/' },
      to: { path: '/test/|^tests/' },
    },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'console-features-do-not-meet',
      severity: 'error',
      from: { path: '^packages/console/src/features/([^/]+)/' },
      to: { path: '^packages/console/src/features/', pathNot: '^packages/console/src/features/$1/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/|/generated/action-shapes' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};

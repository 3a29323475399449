// Who may import whom. A module (a folder of src) is entered only through its index.ts, and imports go one way.
const BASE = [
  'vocabulary',
  'money',
  'addresses',
  'zones',
  'errors',
  'discovery',
  'config',
  'telemetry',
  'database',
  'queue',
];
const APP = [...BASE, 'operations', 'live-events', 'outbound', 'auth', 'as-of'];

/** Each module and the modules that it may import. */
const MAY_IMPORT = {
  // plain words and tables of them, which import nothing and which everybody may look up
  vocabulary: [],
  // how dollars are added up
  money: [],
  // email addresses and telephone numbers, read
  addresses: [],
  // in which time zones a lead may live, and when it is quiet there
  zones: ['vocabulary'],
  errors: [],
  discovery: [],
  config: [],
  telemetry: ['config'],
  database: ['money', 'errors', 'config', 'telemetry'],
  queue: ['errors', 'discovery', 'config', 'telemetry', 'database'],
  operations: BASE,
  'live-events': [...BASE, 'operations'],
  outbound: [...BASE, 'operations'],
  auth: [...BASE, 'operations', 'live-events'],
  'test-clock': APP,
  'as-of': BASE,
  crm: APP,
  memory: APP,
  learning: APP,
  decisions: APP,
  outreach: [...APP, 'crm', 'decisions'],
  analytics: [...APP, 'crm', 'memory', 'learning'],
  mmm: [...APP, 'crm', 'learning', 'analytics', 'decisions'],
  // no operations and no queue: agents are told facts and fetch nothing
  agents: ['vocabulary', 'money', 'zones', 'config', 'learning', 'analytics', 'decisions'],
  journeys: [...APP, 'crm', 'decisions', 'outreach'],
  inbox: [...APP, 'crm', 'decisions', 'outreach'],
  orchestrator: [...APP, 'crm', 'memory', 'analytics', 'decisions', 'outreach', 'journeys', 'inbox', 'agents', 'mmm'],
  dataset: [...APP, 'crm', 'memory'],
  // database and queue for what a protocol itself must keep, as A2A's tasks (docs/decisions/0014)
  doors: APP,
  dashboard: ['vocabulary', 'errors', 'config', 'telemetry', 'operations', 'live-events', 'auth'],
};
/** Modules of which only types may be imported. */
const TYPES_ONLY = { agents: ['crm', 'memory', 'inbox'] };
const COMPOSITION = '^src/(main|openapi|create-app|app\\.module)\\.ts$|^src/cli/';
const PURE = '^src/(mmm/model|learning/models|analytics/stats)/';
const MODULE = '^src/([^/]+)/';

const directions = Object.entries(MAY_IMPORT).map(([module, allowed]) => {
  const types = TYPES_ONLY[module] ?? [];
  const reachable = [module, ...allowed, ...types];
  return {
    name: `${module}-imports`,
    comment: `${module} may import only: ${allowed.join(', ') || 'nothing of ours'}${types.length ? `; types of ${types.join(', ')}` : ''}`,
    severity: 'error',
    from: { path: `^src/${module}/` },
    to: { path: '^src/', pathNot: `^src/(${reachable.join('|')})/` },
  };
});

const typesOnly = Object.entries(TYPES_ONLY).map(([module, others]) => ({
  name: `${module}-types-only`,
  comment: `${module} may import only types from ${others.join(', ')}: the data comes through the resource port`,
  severity: 'error',
  from: { path: `^src/${module}/` },
  to: { path: `^src/(${others.join('|')})/`, dependencyTypesNot: ['type-only'] },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...directions,
    ...typesOnly,
    {
      name: 'through-the-index',
      comment:
        "another module is entered through its index.ts only (agents, doors: through a sub-folder's; the importer, which needs no other part, through its own)",
      severity: 'error',
      from: { path: MODULE },
      to: {
        path: '^src/[^/]+/',
        pathNot:
          '^src/($1)/|^src/[^/]+/index\\.ts$|^src/(agents|doors)/[^/]+/index\\.ts$|^src/dataset/import/index\\.ts$',
      },
    },
    {
      name: 'composition-through-the-index',
      comment: 'start-up and tests enter modules through their index.ts too',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { path: '^src/[^/]+/', pathNot: '^src/[^/]+/index\\.ts$|^src/(agents|doors)/[^/]+/index\\.ts$' },
    },
    {
      name: 'agents-do-not-know-each-other',
      comment: 'an agent returns a decision; the orchestrator carries work between them',
      severity: 'error',
      from: { path: '^src/agents/([^/]+)/' },
      to: { path: '^src/agents/', pathNot: '^src/agents/($1|core)/' },
    },
    {
      name: 'doors-through-the-index',
      comment: 'one door enters another through its index.ts',
      severity: 'error',
      from: { path: '^src/doors/([^/]+)/' },
      to: { path: '^src/doors/[^/]+/', pathNot: '^src/doors/($1)/|^src/doors/[^/]+/index\\.ts$' },
    },
    {
      name: 'nobody-imports-the-composition',
      severity: 'error',
      from: { path: '^src/', pathNot: COMPOSITION },
      to: { path: COMPOSITION },
    },
    {
      name: 'pure-code-stays-pure',
      comment: 'models and statistics know no framework, database, clock or file',
      severity: 'error',
      from: { path: PURE, pathNot: '\\.spec\\.ts$' },
      to: { pathNot: [PURE, '^src/config/(index|random)\\.ts$'] },
    },
    {
      name: 'no-cycles',
      comment: 'two files that need each other belong together, or a third is missing; types too',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'declared-dependencies',
      severity: 'error',
      comment: 'what runs needs its package under dependencies; types may come from a dependency of a dependency',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$|(test-app|fixture)\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.build)/|^src/dashboard/web/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};

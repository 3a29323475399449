// A light lint of what cannot be run without a container engine: the Dockerfile and docker-compose.yml; and whether
// every setting that the code reads is documented and reaches the container.
import { existsSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';

const problems = [];
const check = (holds, problem) => {
  if (!holds) problems.push(problem);
};

const KNOWN = [
  'FROM',
  'RUN',
  'WORKDIR',
  'COPY',
  'ENV',
  'USER',
  'VOLUME',
  'EXPOSE',
  'HEALTHCHECK',
  'STOPSIGNAL',
  'CMD',
  'ARG',
  'LABEL',
  'ENTRYPOINT',
];
const lines = readFileSync('Dockerfile', 'utf8')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() && !line.startsWith('#'));
const steps = lines.map((line) => ({
  word: line.trim().split(/\s+/)[0],
  rest: line.trim().split(/\s+/).slice(1),
  line,
}));
for (const { word, line } of steps) check(KNOWN.includes(word), `Dockerfile: unknown instruction in "${line}"`);
const stages = steps.filter(({ word }) => word === 'FROM').map(({ rest }) => rest);
for (const [image] of stages)
  check(/:[\w.-]+$/.test(image) && !image.endsWith(':latest'), `Dockerfile: ${image} is not pinned to a tag`);
const last = steps.slice(steps.findLastIndex(({ word }) => word === 'FROM'));
check(
  last.some(({ word, rest }) => word === 'USER' && !['root', '0'].includes(rest[0])),
  'Dockerfile: the last stage runs as root',
);
check(
  last.some(({ word }) => word === 'HEALTHCHECK'),
  'Dockerfile: no health check',
);
check(
  last.some(({ word, rest }) => word === 'CMD' && rest[0].startsWith('[')),
  'Dockerfile: CMD is not in exec form',
);
for (const { word, rest } of steps) {
  if (word !== 'COPY') continue;
  const from = rest.find((part) => part.startsWith('--from='))?.slice(7);
  const sources = rest.filter((part) => !part.startsWith('--')).slice(0, -1);
  if (from)
    check(
      stages.some((stage) => stage.includes(from)),
      `Dockerfile: there is no stage ${from}`,
    );
  else for (const source of sources) check(existsSync(source), `Dockerfile: ${source} does not exist`);
}

const compose = merged(load(readFileSync('docker-compose.yml', 'utf8')));
const services = compose.services ?? {};
for (const [name, service] of Object.entries(services)) {
  check(service.image || service.build, `compose: ${name} has neither image nor build`);
  for (const needed of Object.keys(service.depends_on ?? {})) {
    check(services[needed], `compose: ${name} depends on ${needed}, which does not exist`);
    const isTogether = (services[needed]?.profiles ?? []).every((profile) =>
      (service.profiles ?? []).includes(profile),
    );
    check(isTogether, `compose: ${name} depends on ${needed}, which is not in its profiles`);
  }
  for (const volume of service.volumes ?? []) {
    const [source] = String(volume).split(':');
    check(
      /^[./]/.test(source) || source in (compose.volumes ?? {}),
      `compose: the volume ${source} of ${name} is not declared`,
    );
  }
  for (const [key, value] of Object.entries(service.environment ?? {})) {
    check(
      !/PASSWORD|SECRET/.test(key) || /^\$\{\w+:-\}$/.test(value),
      `compose: ${name} has a value for ${key} in the file`,
    );
  }
}
const always = Object.entries(services)
  .filter(([, service]) => !service.profiles)
  .map(([name]) => name);
check(
  always.join() === 'herald',
  `compose: without a profile there should be herald alone, there is ${always.join(', ')}`,
);

const settings = [...readFileSync('src/config/settings.ts', 'utf8').matchAll(/read\.\w+\(\s*'(\w+)'/g)].map(
  ([, name]) => name,
);
check(settings.length > 20, 'src/config/settings.ts: its settings were not found');
const kept = [...readFileSync('src/config/keep-days.ts', 'utf8').matchAll(/^ {2}(\w+): \d+,$/gm)].map(
  ([, kind]) => `HERALD_KEEP_${kind.toUpperCase()}_DAYS`,
);
check(kept.length > 10, 'src/config/keep-days.ts: its kinds were not found');
settings.push(...kept);
// the image says where data lies; inside it the address and port are fixed, and `ports` says what is reached from outside
const SET_BY_THE_IMAGE = ['PORT', 'HERALD_HOST', 'HERALD_DATA_DIR'];
const documented = readFileSync('docs/configuration.md', 'utf8');
for (const name of new Set(settings)) {
  check(documented.includes(`| \`${name}\` |`), `docs/configuration.md: ${name} is missing`);
  if (SET_BY_THE_IMAGE.includes(name)) continue;
  for (const service of ['herald', 'api', 'worker']) {
    check(name in (services[service]?.environment ?? {}), `compose: ${name} does not reach ${service}`);
  }
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** YAML's merge key, which the parser leaves as it is. */
function merged(node) {
  if (Array.isArray(node)) return node.map(merged);
  if (typeof node !== 'object' || node === null) return node;
  const { '<<': base, ...own } = node;
  return Object.fromEntries(
    Object.entries({ ...(base ? merged(base) : {}), ...own }).map(([key, value]) => [key, merged(value)]),
  );
}

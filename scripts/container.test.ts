/**
 * The container's files say the same, name what is there, and give away nothing: as much as can be known without building one.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from '../tests/harness/later.ts';
import { readSettings } from '../server/ops/settings.ts';
import { ROOT } from './setup.mjs';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** The stages of the Dockerfile, each with its instructions. */
const stages: Instruction[][] = [];
for (const line of read('Dockerfile').split('\n')) {
  const [, word, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
  if (word === undefined || rest === undefined) continue;
  if (word === 'FROM') stages.push([]);
  stages.at(-1)?.push({ word, rest });
}
const [build = [], run = []] = stages;
const all = (stage: readonly Instruction[], word: string): string[] => stage.filter((each) => each.word === word).map(({ rest }) => rest);
const only = (stage: readonly Instruction[], word: string): string => all(stage, word).join('\n');
const environment = new Map(only(run, 'ENV').split(' ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
/** Vitest's matchers, which are typed `any`, as something that only stands for a value. */
const having = (part: object): unknown => expect.objectContaining(part);
const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const Strings = v.array(v.string());
const Service = v.looseObject({
  build: v.optional(v.string()),
  image: v.optional(v.string()),
  environment: v.optional(v.record(v.string(), v.union([v.string(), v.number()])), {}),
  volumes: v.optional(Strings, []),
  networks: v.optional(Strings, []),
  ports: v.optional(Strings, []),
  tmpfs: v.optional(Strings, []),
  cap_add: v.optional(Strings, []),
  depends_on: v.optional(v.record(v.string(), v.object({ condition: v.string() })), {}),
  healthcheck: v.optional(v.object({ test: Strings })),
});
const Compose = v.looseObject({ services: v.record(v.string(), Service), volumes: v.record(v.string(), v.unknown()), networks: v.record(v.string(), v.nullable(v.object({ internal: v.boolean() }))) });
const compose = v.parse(Compose, parse(read('compose.yaml'), { merge: true }));
const services = Object.entries(compose.services);

/** What the last stage takes from here, and not from the one before. */
const COPIED_HERE = all(run, 'COPY').filter((rest) => !rest.startsWith('--from'));

describe('the image', () => {
  it('copies what is there, and is built by the Node that everything else is run by', () => {
    const sources = [...all(build, 'COPY'), ...COPIED_HERE].flatMap((rest) => rest.split(' ').slice(0, -1));
    expect(sources).toContain('server');
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
    const Manifest = v.object({ devDependencies: v.object({ node: v.string() }) });
    const { node } = v.parse(Manifest, JSON.parse(read('package.json'))).devDependencies;
    expect(stages.map((stage) => only(stage, 'FROM').split(' ')[0])).toEqual([`node:${node}-bookworm-slim`, `node:${node}-bookworm-slim`]);
  });

  it('builds the app from all that it is made of', () => {
    const copied = new Set(all(build, 'COPY').flatMap((rest) => rest.split(' ').slice(0, -1)));
    const sources = /const BUILD_SOURCES = \[(.*)\]/.exec(read('scripts/setup.mjs'))?.[1]?.match(/'[^']+'/g)?.map((each) => each.slice(1, -1)) ?? [];
    expect(sources).toContain('index.html');
    expect(sources.filter((source) => !copied.has(source))).toEqual([]);
  });

  it('runs as nobody in particular, ends when it is told to, keeps its data outside', () => {
    expect(only(run, 'USER')).toBe('node');
    expect(run.findLastIndex(({ word }) => word === 'USER')).toBeGreaterThan(run.findLastIndex(({ word }) => word === 'RUN'));
    expect(only(run, 'STOPSIGNAL')).toBe('SIGTERM');
    expect(only(run, 'VOLUME')).toBe(environment.get('DATA_DIR'));
    expect(only(run, 'EXPOSE')).toBe(environment.get('PORT'));
    expect(only(run, 'HEALTHCHECK')).toContain(`http://127.0.0.1:${environment.get('PORT')}/api/v1/ready`);
    // As a list: a shell in between would not pass on the signal.
    const command = v.parse(Strings, JSON.parse(only(run, 'ENTRYPOINT')));
    expect(command.slice(0, 1)).toEqual(['node']);
    expect(existsSync(join(ROOT, command[1] ?? ''))).toBe(true);
    expect(JSON.parse(only(run, 'CMD'))).toEqual(['start']);
  });

  it('has all that its command needs', async () => {
    const root = await temporaryFolder((undo) => onTestFinished(undo), 'image');
    for (const folder of [...COPIED_HERE.flatMap((rest) => rest.split(' ').slice(0, -1)), 'package.json']) cpSync(join(ROOT, folder), join(root, folder), { recursive: true });
    mkdirSync(join(root, 'data'));
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    const [, script = ''] = v.parse(Strings, JSON.parse(only(run, 'ENTRYPOINT')));
    const { stdout } = await promisify(execFile)(process.execPath, [script, 'migrate', '--data', 'data'], { cwd: root });
    expect(stdout).toBe('The database is up to date.\n');
  }, 60_000);
});

describe('compose', () => {
  it('has no secret in it, and does not start without one', () => {
    const text = read('compose.yaml');
    for (const [name, { environment: set }] of services) {
      for (const [variable, value] of Object.entries(set)) {
        if (!/PASSWORD|SECRET|TOKEN|DATABASE_URL/.test(variable)) continue;
        expect([name, variable, value]).toEqual([name, variable, textLike(/^(postgres:\/\/outpost:)?\$\{\w+:[?-][^}]*\}(@database:5432\/outpost)?$/)]);
      }
    }
    expect(text.match(/\$\{POSTGRES_PASSWORD[^}]*\}/g)).toEqual(['${POSTGRES_PASSWORD:?say it in .env}', '${POSTGRES_PASSWORD:?say it in .env}']);
    for (const file of ['.gitignore', '.dockerignore']) expect(read(file).split('\n')).toContain('.env');
  });

  it('lets no service write where it need not, gain rights, or be reached from outside but the proxy', () => {
    for (const [name, service] of services) {
      expect([name, service]).toEqual([name, having({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], restart: 'unless-stopped' })]);
      expect([name, service.ports.length > 0]).toEqual([name, name === 'proxy']);
      expect([name, service.networks.filter((network) => compose.networks[network]?.internal !== true).length > 0]).toEqual([name, name === 'proxy']);
      expect([name, 'privileged' in service]).toEqual([name, false]);
    }
    const shared = (one: string, other: string) => compose.services[one]?.networks.filter((network) => compose.services[other]?.networks.includes(network));
    expect([shared('proxy', 'outpost'), shared('outpost', 'database'), shared('proxy', 'database')]).toEqual([['inner'], ['store'], []]);
  });

  it('names volumes and files that there are, and waits for what can say that it is ready', () => {
    for (const [name, { volumes, depends_on: needed }] of services) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        expect([name, source, source.startsWith('.') ? existsSync(join(ROOT, source)) : source in compose.volumes]).toEqual([name, source, true]);
      }
      for (const [other, { condition }] of Object.entries(needed)) {
        const service = compose.services[other];
        expect([name, other, condition]).toEqual([name, other, 'service_healthy']);
        expect([other, service?.healthcheck !== undefined || service?.build !== undefined]).toEqual([other, true]);
      }
    }
    expect(compose.services['outpost']?.volumes).toEqual([`data:${environment.get('DATA_DIR')}`]);
  });

  it('says what the server understands, and the proxy goes where it listens', () => {
    const set = compose.services['outpost']?.environment ?? {};
    const plain = Object.fromEntries(Object.entries(set).map(([name, value]) => [name, String(value).replace(/^\$\{.*\}$/, '')]));
    expect(readSettings(plain)).toEqual({ ok: true, settings: having({ logLevel: 'info', drainMs: 5_000, trustedProxies: 'uniquelocal' }) });
    const documented = read('docs/operations.md');
    for (const name of Object.keys(set)) expect(documented).toContain(`\`${name}\``);
    const caddy = read('deploy/Caddyfile');
    expect(caddy).toContain(`reverse_proxy outpost:${environment.get('PORT')} {`);
    expect(caddy).toMatch(/@inside path \/metrics\n\trespond @inside 404/);
    expect(caddy).toContain('flush_interval -1');
    expect(caddy).toContain('health_uri /api/v1/ready');
    expect(caddy.split('{').length).toBe(caddy.split('}').length);
    expect(compose.services['proxy']?.environment).toHaveProperty('OUTPOST_SITE');
    expect(caddy).toMatch(/^\{\$OUTPOST_SITE\} \{$/m);
  });

  it('gives the server the time that it takes to end', () => {
    const seconds = Number(String(compose.services['outpost']?.['stop_grace_period']).replace('s', ''));
    const graceSeconds = Number(/const GRACE_MS = ([\d_]+);/.exec(read('server/index.ts'))?.[1]?.replace('_', '')) / 1_000;
    expect(seconds).toBeGreaterThan(Number(compose.services['outpost']?.environment['OUTPOST_DRAIN_SECONDS']) + graceSeconds);
  });
});

import { expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { textWith } from './testing/server.ts';

const OWNER = { OUTPOST_OWNER_EMAIL: 'olive@example.org', OUTPOST_OWNER_PASSWORD: 'long enough' };

test('with nothing set it is http://localhost:8080, with the data beside it', () => {
  const config = { host: 'localhost', port: 8080, dataDir: './data', databaseUrl: null, owner: null };
  expect(readConfig({})).toEqual({ ok: true, config });
  expect(readConfig({ PORT: '', HOST: '', DATA_DIR: '', DATABASE_URL: '', OUTPOST_OWNER_EMAIL: '', OUTPOST_OWNER_PASSWORD: '' })).toEqual({ ok: true, config });
});

test('what is set is taken as it is', () => {
  const owner = { name: 'olive', email: OWNER.OUTPOST_OWNER_EMAIL, password: OWNER.OUTPOST_OWNER_PASSWORD };
  expect(readConfig({ ...OWNER, PORT: '0', HOST: '0.0.0.0', DATA_DIR: '/srv/outpost', DATABASE_URL: 'postgres://db.example.org/outpost' })).toEqual({
    ok: true,
    config: { host: '0.0.0.0', port: 0, dataDir: '/srv/outpost', databaseUrl: 'postgres://db.example.org/outpost', owner },
  });
});

test.each([
  ['a port that is no number', { PORT: 'http' }, 'PORT must be'],
  ['a port that there is not', { PORT: '65536' }, 'PORT must be'],
  ['an owner without a password', { OUTPOST_OWNER_EMAIL: 'olive@example.org' }, 'Set both'],
  ['a password without an owner', { OUTPOST_OWNER_PASSWORD: 'long enough' }, 'Set both'],
  ['a password that is too short', { ...OWNER, OUTPOST_OWNER_PASSWORD: 'short' }, '8 to 128'],
  ['an owner whose address is none', { ...OWNER, OUTPOST_OWNER_EMAIL: 'me' }, 'e-mail address'],
])('%s is refused in one line', (_, env, message) => {
  const result = readConfig(env);
  expect(result).toEqual({ ok: false, message: textWith(message) });
  expect(JSON.stringify(result)).not.toContain('\\n');
});

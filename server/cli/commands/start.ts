import { readConfig } from '../../config.ts';
import { readSettings } from '../../ops/settings.ts';
import { start } from '../../start.ts';
import { type Command, DATA, Refused, databaseUrlOf } from '../command.ts';
import { withServer } from '../with.ts';

export const startCommand: Command = {
  name: 'start',
  summary: 'Serve until told to stop.',
  details: 'What is not given here stands in the environment: PORT, HOST, DATA_DIR, OUTPOST_LOG and the others of docs/operations.md.',
  arguments: [],
  options: {
    ...DATA,
    port: { type: 'string', short: 'p', value: 'PORT', help: 'where to listen; PORT, or 8080' },
    host: { type: 'string', value: 'HOST', help: 'the address to listen on; HOST, or localhost' },
  },
  async run(given, io) {
    const { env } = io;
    const all = { ...env, PORT: given.text('port') ?? env['PORT'], HOST: given.text('host') ?? env['HOST'], DATA_DIR: given.text('data') ?? env['DATA_DIR'], DATABASE_URL: databaseUrlOf(given, io) ?? '' };
    const config = readConfig(all);
    const settings = readSettings(all);
    if (!config.ok) throw new Refused(config.message);
    if (!settings.ok) throw new Refused(settings.message);
    await start(config.config, settings.settings);
  },
};

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Make the database, or bring it up to date.',
  details: 'A server does this by itself when it starts. An older Outpost does not open it any more: make a backup first.',
  arguments: [],
  options: DATA,
  async run(given, io) {
    await withServer(given, io, async () => {});
    io.out.write('The database is up to date.\n');
  },
};

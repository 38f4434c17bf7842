import { existsSync } from 'node:fs';
import { backUp, restore } from '../../backup/backup.ts';
import { type Command, DATA, Refused } from '../command.ts';
import { withDumps, withServer } from '../with.ts';

export const backupCommand: Command = {
  name: 'backup',
  summary: 'Write all records and accounts into one file, while the server goes on.',
  details:
    'The file is of one moment, has been read back when this ends, and belongs to its user alone: it holds every answer, and the hashes of every ' +
    'password. It does not hold the secret that signs sessions: with another one everybody signs in again.',
  arguments: ['FILE'],
  options: { ...DATA, force: { type: 'boolean', short: 'f', help: 'replace FILE' } },
  async run(given, io) {
    const [file = ''] = given.arguments;
    if (existsSync(file) && !given.flag('force')) throw new Refused(`${file} is there already. Choose another name, or give --force.`);
    const rows = await withDumps(given, io, 'read', (dumps) => backUp(dumps, file, new Date(io.now())));
    io.out.write(`${rows} rows are in ${file}.\n`);
  },
};

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'Put a backup in the place of all that is stored.',
  details:
    'Stop every server first. The backup is read to its end before anything is changed. Devices notice that the server is another one than before, ' +
    'fetch everything anew and keep what they made; what they have not sent, they send. If this is interrupted, run it again.',
  arguments: ['FILE'],
  options: { ...DATA, force: { type: 'boolean', short: 'f', help: 'also if something is stored, which is then gone' } },
  async run(given, io) {
    const [file = ''] = given.arguments;
    // Makes what is not there.
    await withServer(given, io, async () => {});
    await withDumps(given, io, 'exclusive', async (dumps) => {
      const isEmpty = (await dumps.records.isEmpty()) && (await dumps.accounts.isEmpty());
      if (!isEmpty && !given.flag('force')) throw new Refused('Something is stored here already. Make a backup of it, then give --force to put this one in its place.');
      await restore(dumps, file);
    });
    io.out.write(`All that is in ${file} is restored. Start the server.\n`);
  },
};

import { INVARIANTS } from '../../store/invariants.ts';
import { type Command, DATA, Refused } from '../command.ts';
import { withDumps } from '../with.ts';

export const checkCommand: Command = {
  name: 'check',
  summary: 'Look whether what is stored is whole and makes sense.',
  details: 'Reads every row and changes nothing; the server may go on. Exit code 1 if something is wrong.',
  arguments: [],
  options: DATA,
  run: (given, io) =>
    withDumps(given, io, 'read', async ({ records, accounts }) => {
      let found = 0;
      for (const problems of [records.problems(INVARIANTS), accounts.problems([])]) {
        for await (const problem of problems) {
          found += 1;
          io.out.write(`${problem}\n`);
        }
      }
      if (found > 0) throw new Refused(`${found} things are wrong. Restore the last backup that passes this check.`);
      io.out.write('All is well.\n');
    }),
};

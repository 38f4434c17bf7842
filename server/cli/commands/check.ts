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
      const problems = [...(await records.problems(INVARIANTS)), ...(await accounts.problems([]))];
      for (const problem of problems) io.out.write(`${problem}\n`);
      if (problems.length > 0) throw new Refused(`${problems.length} things are wrong. Restore the last backup that passes this check.`);
      io.out.write('All is well.\n');
    }),
};

import { mayPassOn } from '../../access.ts';
import { WORKSPACE, accountOf, placeOf, roleOf } from '../accounts.ts';
import { type Command, DATA, Refused } from '../command.ts';
import { withServer } from '../with.ts';

export const keyCreateCommand: Command = {
  name: 'key create',
  summary: 'Make an API key that speaks for an account, and say it.',
  details: 'It does what the account may do in the workspace, or less.',
  arguments: ['EMAIL'],
  options: {
    ...DATA,
    name: { type: 'string', short: 'n', value: 'NAME', help: 'what it is for; “command line”' },
    role: { type: 'string', short: 'r', value: 'ROLE', help: 'what it may do; what the account may' },
    workspace: WORKSPACE,
  },
  run: (given, io) =>
    withServer(given, io, async (server) => {
      const account = await accountOf(server, given);
      const place = placeOf(account, given);
      const role = roleOf(given, place.role);
      if (!mayPassOn(place.role, role)) throw new Refused(`${account.email} is ${place.role} there and cannot have a key that is ${role}.`);
      const { Key } = await server.people.keys.create({ workspace: place.workspace, account: account.id, role: place.role }, given.text('name') ?? 'command line', role);
      io.err.write(`A key of ${account.email}, ${role} in ${place.name}, shown this once:\n`);
      io.out.write(`${Key}\n`);
    }),
};

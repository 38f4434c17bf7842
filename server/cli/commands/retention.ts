import { workspaceOf } from '../accounts.ts';
import { type Command, DATA, Mistyped, Refused } from '../command.ts';
import { removeResponses, responsesOf } from '../responses.ts';
import { withServer } from '../with.ts';

export const retentionCommand: Command = {
  name: 'retention',
  summary: 'Delete responses that are older than so many days.',
  details: 'Without --yes it only says how many. The age is that of the last change. To be run each day where there is a rule.',
  arguments: [],
  options: {
    ...DATA,
    days: { type: 'string', value: 'DAYS', help: 'how long they are kept; needed' },
    workspace: { type: 'string', short: 'w', value: 'ID', help: 'in which workspace; in all' },
    yes: { type: 'boolean', short: 'y', help: 'do it' },
  },
  async run(given, io) {
    const days = given.text('days') ?? '';
    if (!/^[1-9]\d{0,4}$/.test(days)) throw new Mistyped('Say for how many days they are kept: --days 365');
    const before = io.now() - Number(days) * 24 * 60 * 60_000;
    await withServer(given, io, async (server) => {
      const workspaces = given.text('workspace') === null ? await server.people.operator.workspaces() : [await workspaceOf(server, given)];
      const owner = await server.accounts.firstOwner();
      if (owner === null) throw new Refused('Nobody has signed up here yet.');
      for (const { id, name } of workspaces) {
        const caller = { workspace: id, account: owner.account.Id, role: 'owner' as const };
        const old = olderThan(responsesOf(server.store, caller, false), before);
        let count = 0;
        if (given.flag('yes')) count = await removeResponses(server.store, caller, old);
        else for await (const _ of old) count += 1;
        io.out.write(`${name} (${id}): ${count} responses ${given.flag('yes') ? 'deleted' : 'would be deleted'}.\n`);
      }
      if (!given.flag('yes')) io.out.write('Give --yes to do it.\n');
    });
  },
};

async function* olderThan(responses: ReturnType<typeof responsesOf>, before: number): ReturnType<typeof responsesOf> {
  for await (const response of responses) if (response.At !== undefined && Date.parse(response.At) < before) yield response;
}

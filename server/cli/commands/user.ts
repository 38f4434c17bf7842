import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, ROLES, type Role } from '../../../protocol/index.ts';
import { type NewAccount, isEmail } from '../../accounts/accounts.ts';
import type { OutpostServer } from '../../index.ts';
import { WORKSPACE, accountOf, roleOf, workspaceOf } from '../accounts.ts';
import { type Command, DATA, type Given, type Io, Mistyped, Refused } from '../command.ts';
import { removeResponses, responsesOf } from '../responses.ts';
import { withServer } from '../with.ts';

export const userAddCommand: Command = {
  name: 'user add',
  summary: 'Make an account, and say its password.',
  details: 'The first account owns a workspace of its own; any other joins one, unless --new-workspace is given.',
  arguments: ['EMAIL'],
  options: {
    ...DATA,
    name: { type: 'string', short: 'n', value: 'NAME', help: 'what the person is called; what stands before the @' },
    role: { type: 'string', short: 'r', value: 'ROLE', help: `${ROLES.join(', ')}; collector` },
    workspace: WORKSPACE,
    'new-workspace': { type: 'boolean', help: 'as the owner of a new one' },
    'password-stdin': { type: 'boolean', help: 'read the password from standard input' },
  },
  async run(given, io) {
    const role = roleOf(given, 'collector');
    const account = await newAccount(given, io);
    await withServer(given, io, async (server) => {
      const place = await add(server, account, given, role);
      const said = given.flag('password-stdin') ? '' : `The password, shown this once: ${account.password}\n`;
      io.out.write(`${account.email} is ${place}.\n${said}`);
    });
  },
};

/** @returns what they are now, for people */
async function add(server: OutpostServer, account: NewAccount, given: Given, role: Role): Promise<string> {
  if (await server.people.operator.find(account.email)) throw new Refused(`${account.email} has an account already.`);
  const [first] = await server.people.operator.workspaces();
  if (first === undefined) {
    await server.makeOwner(account);
    return 'the owner of the first workspace';
  }
  if (given.flag('new-workspace')) {
    await server.accounts.createOwner(account);
    return 'the owner of a new workspace';
  }
  const workspace = await workspaceOf(server, given);
  await server.accounts.createMember(workspace.id, account, role);
  return `${role} in ${workspace.name}`;
}

async function newAccount(given: Given, io: Io): Promise<NewAccount> {
  const [email = ''] = given.arguments;
  if (!isEmail(email)) throw new Mistyped(`“${email}” is no e-mail address.`);
  const password = given.flag('password-stdin') ? (await text(io.in)).replace(/\r?\n$/, '') : randomBytes(12).toString('base64url');
  if (password.length < MIN_PASSWORD_LENGTH || password.length > MAX_PASSWORD_LENGTH) throw new Refused(`A password has ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters.`);
  return { email, name: given.text('name') ?? email.slice(0, email.indexOf('@')), password };
}

export const userDeleteCommand: Command = {
  name: 'user delete',
  summary: 'Delete an account and every response that it made.',
  details:
    'Without --yes it only says what would go. The password, sessions and keys go; of each response what it held goes at once, and that it ' +
    'was there after 90 days, so that every device hears of it. Workspaces that nobody else belongs to go, with all responses in them. ' +
    'Questionnaires stay. Backups that were made before hold all of it: delete them in their time.',
  arguments: ['EMAIL'],
  options: { ...DATA, yes: { type: 'boolean', short: 'y', help: 'do it' } },
  run: (given, io) =>
    withServer(given, io, async (server) => {
      const { people, store } = server;
      const account = await accountOf(server, given);
      const orphaned = account.places.filter(({ role, others, otherOwners }) => role === 'owner' && others > 0 && otherOwners === 0);
      if (orphaned.length > 0) throw new Refused(`${account.email} is the only owner of ${orphaned.map(({ name }) => name).join(', ')}. Make somebody else an owner there first.`);
      const left = new Set(account.places.filter(({ others }) => others === 0).map(({ workspace }) => workspace));
      // Also where it does not belong to any more.
      const workspaces = await people.operator.workspaces();
      const ofWorkspace = (workspace: string) => ({
        caller: { workspace, account: account.id, role: left.has(workspace) ? ('owner' as const) : ('collector' as const) },
        own: !left.has(workspace),
      });
      let responses = 0;
      for (const { id } of workspaces) {
        const { caller, own } = ofWorkspace(id);
        const found = responsesOf(store, caller, own);
        if (given.flag('yes')) responses += await removeResponses(store, caller, found);
        else for await (const _ of found) responses += 1;
      }
      const about = `${account.name} (${account.email}), ${responses} responses and ${left.size} workspaces`;
      if (!given.flag('yes')) return void io.out.write(`This would delete ${about}. Give --yes to do it.\n`);
      const { sessions, keys } = await people.operator.erase(account);
      io.out.write(`Deleted: ${about}, ${sessions} sessions, ${keys} keys.\n`);
    }),
};

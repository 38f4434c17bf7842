/**
 * Accounts, workspaces and roles, as they are named on the command line.
 */
import { ROLES, Role, decode } from '../../protocol/index.ts';
import type { FoundAccount, Place } from '../accounts/operator.ts';
import type { OutpostServer } from '../index.ts';
import { type Given, Mistyped, type Option, Refused } from './command.ts';

export const WORKSPACE: Option = { type: 'string', short: 'w', value: 'ID', help: 'in which workspace; the first one' };

/** The one that is named, or the first. */
export async function workspaceOf({ people }: OutpostServer, given: Given): Promise<{ readonly id: string; readonly name: string }> {
  const all = await people.operator.workspaces();
  const id = given.text('workspace');
  const found = id === null ? all[0] : all.find((each) => each.id === id);
  if (found === undefined) throw new Refused(`There is no workspace ${id ?? 'yet'}. There are: ${all.map((each) => `${each.id} (${each.name})`).join(', ') || 'none'}.`);
  return found;
}

export function roleOf(given: Given, otherwise: Role): Role {
  const said = given.text('role');
  const role = said === null ? otherwise : decode(Role, said);
  if (role === null) throw new Mistyped(`A role is one of ${ROLES.join(', ')}.`);
  return role;
}

/** Of the address that is the first argument. */
export async function accountOf({ people }: OutpostServer, given: Given): Promise<FoundAccount> {
  const [email = ''] = given.arguments;
  const found = await people.operator.find(email);
  if (found === null) throw new Refused(`Nobody has the address ${email}.`);
  return found;
}

/** Where it belongs to: the workspace that is named, or its first. */
export function placeOf({ email, places }: FoundAccount, given: Given): Place {
  const id = given.text('workspace');
  const place = id === null ? places[0] : places.find((each) => each.workspace === id);
  if (place === undefined) throw new Refused(`${email} does not belong to ${id === null ? 'any workspace' : `the workspace ${id}`}.`);
  return place;
}

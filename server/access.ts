/**
 * Who may see and write what. Every store call takes a `Caller`, every other route names its task; these tables are the
 * only place that judges either.
 */
import * as v from 'valibot';
import { AccountId } from '../protocol/index.ts';
import { ROLES, type Role } from '../protocol/people.ts';

/** Somebody who came by the public link of a questionnaire has no role in a workspace, and is a caller all the same. */
export type CallerRole = Role | 'anonymous';

/** The account that a request speaks for, in the workspace that it means. */
export interface Caller {
  readonly workspace: string;
  readonly account: AccountId;
  readonly role: CallerRole;
}

export const COLLECTIONS = ['questionnaires', 'responses'] as const;
export type Collection = (typeof COLLECTIONS)[number];

/** Every record of the workspace, those that one's own account created, or none. */
type Reach = 'all' | 'own' | 'none';
interface Rights {
  readonly see: Reach;
  readonly write: Reach;
}

/** What each role may do with each collection. */
const RIGHTS: Readonly<Record<CallerRole, Readonly<Record<Collection, Rights>>>> = {
  owner: { questionnaires: { see: 'all', write: 'all' }, responses: { see: 'all', write: 'all' } },
  editor: { questionnaires: { see: 'all', write: 'all' }, responses: { see: 'own', write: 'own' } },
  collector: { questionnaires: { see: 'all', write: 'none' }, responses: { see: 'own', write: 'own' } },
  viewer: { questionnaires: { see: 'all', write: 'none' }, responses: { see: 'all', write: 'none' } },
  anonymous: { questionnaires: { see: 'none', write: 'none' }, responses: { see: 'none', write: 'own' } },
};

/** What is done outside of the collections. */
export type Task = 'audit' | 'export' | 'keys' | 'links' | 'people';

/** Which roles may do it. */
const TASKS: Readonly<Record<Task, readonly Role[]>> = {
  /** Reads who did what. */
  audit: ['owner'],
  /** Takes everybody's responses out of the app. */
  export: ['owner', 'viewer'],
  /** Makes keys for programs, which may do no more than oneself. */
  keys: ROLES,
  /** Lets anybody fill in a questionnaire. */
  links: ['owner', 'editor'],
  /** Invites, removes, changes roles, makes reset links. */
  people: ['owner'],
};

export function mayDo(role: CallerRole, task: Task): boolean {
  return role !== 'anonymous' && TASKS[task].includes(role);
}

/** Whether somebody in this role may give another one to a key. An owner may give any, everybody else their own. */
export function mayPassOn(own: Role, given: Role): boolean {
  return own === 'owner' || own === given;
}

/** The collection of this name, or null if there is none. */
export function collectionNamed(name: string): Collection | null {
  return COLLECTIONS.find((collection) => collection === name) ?? null;
}

/** Every record of the workspace, or those that one account created. */
export type Scope = { readonly kind: 'workspace' } | { readonly kind: 'account'; readonly account: AccountId };

/** What a caller sees of a collection. `own` asks for less than the caller may see; a questionnaire is nobody's own. */
export function scopeOf(caller: Caller, collection: Collection, own: boolean): Scope {
  return toScope(caller, collection === 'responses' && own ? narrower(RIGHTS[caller.role][collection].see) : RIGHTS[caller.role][collection].see);
}

/** What a caller may create, change and delete within. */
export function writeScopeOf(caller: Caller, collection: Collection): Scope {
  return toScope(caller, RIGHTS[caller.role][collection].write);
}

/** Whether the caller may create, change and delete in this collection at all. */
export function mayWrite(caller: Caller, collection: Collection): boolean {
  return RIGHTS[caller.role][collection].write !== 'none';
}

/** For people, where one of these functions says no. */
export const MAY_NOT = 'Your role in this workspace does not allow this. Ask its owner.';

/** Whether a record that this account created is within the scope. */
export function isWithin(scope: Scope, creator: AccountId): boolean {
  return scope.kind === 'workspace' || scope.account === creator;
}

/** In the form of an account's id, and nobody's. */
export const NOBODY = v.parse(AccountId, '-');

const narrower = (reach: Reach): Reach => (reach === 'all' ? 'own' : reach);

function toScope({ account }: Caller, reach: Reach): Scope {
  switch (reach) {
    case 'all':
      return { kind: 'workspace' };
    case 'own':
      return { kind: 'account', account };
    case 'none':
      return { kind: 'account', account: NOBODY };
    default: {
      const never: never = reach;
      return never;
    }
  }
}

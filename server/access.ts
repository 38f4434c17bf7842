/**
 * Who may see and write what. Every store call takes a `Caller`; these functions are the only place that judges it.
 */
import type { AccountId } from '../protocol/index.ts';

/** An owner sees the whole workspace and writes its questionnaires; a collector fills in. */
export const ROLES = ['owner', 'editor', 'collector', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** Whether somebody in this role may give another one to a key. An owner may give any, everybody else their own. */
export function mayPassOn(own: Role, given: Role): boolean {
  return own === 'owner' || own === given;
}

/** The account that a request speaks for, in the workspace that it means. */
export interface Caller {
  readonly workspace: string;
  readonly account: AccountId;
  readonly role: Role;
}

export const COLLECTIONS = ['questionnaires', 'responses'] as const;
export type Collection = (typeof COLLECTIONS)[number];

/** The collection of this name, or null if there is none. */
export function collectionNamed(name: string): Collection | null {
  return COLLECTIONS.find((collection) => collection === name) ?? null;
}

/** What a caller sees of a collection: every record of the workspace, or those that one account created. */
export type Scope = { readonly kind: 'workspace' } | { readonly kind: 'account'; readonly account: AccountId };

/** `own` asks for less than the caller may see; a questionnaire is nobody's own. */
export function scopeOf(caller: Caller, collection: Collection, own: boolean): Scope {
  switch (collection) {
    case 'questionnaires':
      return { kind: 'workspace' };
    case 'responses':
      return caller.role === 'owner' && !own ? { kind: 'workspace' } : { kind: 'account', account: caller.account };
    default: {
      const never: never = collection;
      return never;
    }
  }
}

/** Whether a record that this account created is within the scope. */
export function isWithin(scope: Scope, creator: AccountId): boolean {
  return scope.kind === 'workspace' || scope.account === creator;
}

/** Whether the caller may create, change and delete in this collection at all. */
export function mayWrite(caller: Caller, collection: Collection): boolean {
  return collection === 'responses' || caller.role === 'owner';
}

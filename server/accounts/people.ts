/**
 * Everything about accounts and workspaces, over one database.
 */
import { openAccounts } from './accounts.ts';
import { openAudit } from './audit.ts';
import type { AccountsDatabase } from './database.ts';
import { openDevices } from './devices.ts';
import { openInvitations } from './invitations.ts';
import { openKeys } from './keys.ts';
import { openLinks } from './links.ts';
import { openMembers } from './members.ts';
import { openOperator } from './operator.ts';
import { openResets } from './resets.ts';

export type People = Awaited<ReturnType<typeof openPeople>>;

export interface PeopleOptions {
  readonly database: AccountsDatabase;
  /** Of the database, for messages. */
  readonly name: string;
  /** Signs the session cookies; a new one signs everybody out. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** @throws StoreUnusable if a newer server has written the database */
export async function openPeople({ database, name, secret, now }: PeopleOptions) {
  const audit = openAudit(database, now);
  const accounts = await openAccounts({ database, audit, name, secret, now });
  return {
    accounts,
    audit,
    devices: openDevices(database, audit),
    invitations: openInvitations(database, accounts, audit, now),
    keys: openKeys(database, audit, now),
    links: openLinks(database, audit, now),
    members: openMembers(database, audit, now),
    operator: openOperator(database, audit),
    resets: openResets(database, accounts, audit, now),
  };
}

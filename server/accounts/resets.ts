/**
 * Forgotten passwords. No mail server is assumed: an owner makes a link and hands it to the member, who sets a new one.
 */
import type { AccountId } from '../../protocol/index.ts';
import type { CreatedReset, ResetShown } from '../../protocol/people.ts';
import type { Caller } from '../access.ts';
import type { Accounts, SignedIn } from './accounts.ts';
import type { Audit } from './audit.ts';
import type { AccountsDatabase, AccountsTransaction } from './database.ts';
import { hashOf, newToken } from './tokens.ts';

/** `elsewhere`: the account belongs to other workspaces too, which are none of this owner's. */
export type ResetOutcome = { readonly kind: 'made'; readonly reset: CreatedReset } | { readonly kind: 'unknown' } | { readonly kind: 'elsewhere' };

const KEPT_MS = 48 * 60 * 60_000;

export function openResets(database: AccountsDatabase, accounts: Accounts, audit: Audit, now: () => number) {
  const { db, exclusively } = database;

  async function placesOf(transaction: AccountsTransaction, account: AccountId): Promise<readonly string[]> {
    const rows = await transaction.selectFrom('members').select('workspace').where('account', '=', account).execute();
    return rows.map(({ workspace }) => workspace);
  }

  return {
    async make({ workspace, account: madeBy }: Caller, account: AccountId): Promise<ResetOutcome> {
      const Token = newToken();
      const expiresAt = now() + KEPT_MS;
      const outcome = await exclusively(async (transaction) => {
        const places = await placesOf(transaction, account);
        if (!places.includes(workspace)) return 'unknown';
        if (places.length > 1) return 'elsewhere';
        // The latest is the one that counts.
        await transaction.deleteFrom('reset_links').where('account', '=', account).execute();
        await transaction.insertInto('reset_links').values({ hash: hashOf(Token), workspace, account, expires_at: expiresAt, made_by: madeBy }).execute();
        await audit.note([{ workspace, account: madeBy, action: 'reset.made', member: account }], transaction);
        return 'made';
      });
      return outcome === 'made' ? { kind: outcome, reset: { Token, ExpiresAt: new Date(expiresAt).toISOString() } } : { kind: outcome };
    },

    /** Whose password it sets; null if it is used, too old, or never made. */
    async look(token: string): Promise<ResetShown | null> {
      const valid = db.selectFrom('reset_links').innerJoin('user', 'user.id', 'account').where('hash', '=', hashOf(token)).where('expires_at', '>', now());
      const found = await valid.select(['name', 'email']).executeTakeFirst();
      return found === undefined ? null : { Name: found.name, Email: found.email };
    },

    /** Sets the password and ends all sessions, which whoever knew the old one may have begun. Null as for `look`. */
    async redeem(token: string, password: string, userAgent: string): Promise<SignedIn | null> {
      if ((await this.look(token)) === null) return null;
      const hash = await accounts.hashPassword(password);
      const email = await exclusively(async (transaction) => {
        const valid = transaction.deleteFrom('reset_links').where('hash', '=', hashOf(token)).where('expires_at', '>', now());
        const used = await valid.returning(['workspace', 'account']).executeTakeFirst();
        if (used === undefined) return null;
        const { workspace, account } = used;
        // It may have come to belong elsewhere since.
        if ((await placesOf(transaction, account)).length !== 1) return null;
        const at = database.nativeTime(now());
        await transaction.updateTable('account').set({ password: hash, updatedAt: at }).where('userId', '=', account).where('providerId', '=', 'credential').execute();
        await transaction.deleteFrom('session').where('userId', '=', account).execute();
        await audit.note([{ workspace, account, action: 'reset.used', member: account }], transaction);
        const user = await transaction.selectFrom('user').select('email').where('id', '=', account).executeTakeFirstOrThrow();
        return user.email;
      });
      return email === null ? null : accounts.signIn(email, password, userAgent);
    },
  };
}

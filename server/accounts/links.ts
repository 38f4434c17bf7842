/**
 * Public links: whoever has one fills in its questionnaire without an account, and sees nothing else.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { AccountId, type DeviceId, type ServerId } from '../../protocol/index.ts';
import type { LinkLimit, PublicLink } from '../../protocol/people.ts';
import type { Caller } from '../access.ts';
import type { Audit } from './audit.ts';
import { type AccountsDatabase, readTime } from './database.ts';
import { newId, newToken } from './tokens.ts';

/** What somebody who holds a link may fill in. */
export interface OpenLink {
  readonly id: string;
  readonly workspace: string;
  readonly workspaceName: string;
  readonly questionnaire: ServerId;
  readonly limit: LinkLimit;
}

export function openLinks({ db, exclusively }: AccountsDatabase, audit: Audit, now: () => number) {
  const iso = (time: number | string): string => new Date(readTime(time)).toISOString();

  return {
    async make({ workspace, account }: Caller, { questionnaire, limit, closesAt }: { readonly questionnaire: ServerId; readonly limit: LinkLimit; readonly closesAt: number | null }): Promise<PublicLink> {
      const row = { id: newId(), workspace, questionnaire, token: newToken(), use_limit: limit, closes_at: closesAt, created_at: now() };
      await exclusively(async (transaction) => {
        await transaction.insertInto('form_links').values(row).execute();
        await audit.note([{ workspace, account, action: 'link.made', subject: questionnaire }], transaction);
      });
      return { Id: row.id, Questionnaire: questionnaire, Token: row.token, Limit: limit, ClosesAt: closesAt === null ? null : iso(closesAt), MadeAt: iso(row.created_at) };
    },

    /** Newest first, also those that have closed by their date. */
    async list(workspace: string, questionnaire: ServerId | null): Promise<PublicLink[]> {
      const all = db.selectFrom('form_links').selectAll().where('workspace', '=', workspace).orderBy('created_at', 'desc').orderBy('id');
      const rows = await (questionnaire === null ? all : all.where('questionnaire', '=', questionnaire)).execute();
      return rows.map((row) => ({
        Id: row.id,
        Questionnaire: row.questionnaire,
        Token: row.token,
        Limit: row.use_limit,
        ClosesAt: row.closes_at === null ? null : iso(row.closes_at),
        MadeAt: iso(row.created_at),
      }));
    },

    /** False if there is none of this id here. */
    async close({ workspace, account }: Caller, id: string): Promise<boolean> {
      return exclusively(async (transaction) => {
        const closed = await transaction.deleteFrom('form_links').where('workspace', '=', workspace).where('id', '=', id).returning('questionnaire').executeTakeFirst();
        if (closed === undefined) return false;
        await audit.note([{ workspace, account, action: 'link.closed', subject: closed.questionnaire }], transaction);
        return true;
      });
    },

    /** Null if there is no such link, or it has closed. */
    async find(token: string): Promise<OpenLink | null> {
      const row = await db
        .selectFrom('form_links')
        .innerJoin('workspaces', 'workspaces.id', 'workspace')
        .select(['form_links.id', 'workspace', 'workspaces.name', 'questionnaire', 'use_limit', 'closes_at'])
        .where('token', '=', token)
        .executeTakeFirst();
      if (row === undefined || (row.closes_at !== null && readTime(row.closes_at) <= now())) return null;
      return { id: row.id, workspace: row.workspace, workspaceName: row.name, questionnaire: row.questionnaire, limit: row.use_limit };
    },

    /** Sets the one use aside for this response; false if another has it. The same response may come again. */
    async take({ id: link, limit }: OpenLink, device: DeviceId, clientId: string): Promise<boolean> {
      if (limit === 'open') return true;
      const holder = limit === 'device' ? device : 'anybody';
      await db.insertInto('form_link_uses').values({ link, holder, client_id: clientId }).onConflict((conflict) => conflict.doNothing()).execute();
      const held = await db.selectFrom('form_link_uses').select('client_id').where('link', '=', link).where('holder', '=', holder).executeTakeFirst();
      return held?.client_id === clientId;
    },

    /** The response was refused: the use is free again. */
    async giveBack({ id: link }: OpenLink, clientId: string): Promise<void> {
      await db.deleteFrom('form_link_uses').where('link', '=', link).where('client_id', '=', clientId).execute();
    },
  };
}

/** Whom the responses of a device that came by a link belong to: nobody's account, and no other device's. */
export function anonymousCaller({ id, workspace }: OpenLink, device: DeviceId): Caller {
  const account = v.parse(AccountId, `link-${createHash('sha256').update(`${id}\n${device}`).digest('base64url')}`);
  return { workspace, account, role: 'anonymous' };
}

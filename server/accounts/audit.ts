/**
 * The audit log: who did what, and when. Ids of people and records only: never an answer, never a secret; what a person is
 * called is looked up when somebody reads it, and is gone with the account.
 */
import { randomBytes } from 'node:crypto';
import type { AccountId } from '../../protocol/index.ts';
import type { Audited, AuditEntry, AuditPage, Role } from '../../protocol/people.ts';
import type { Committed } from '../store/store.ts';
import { type AccountsDatabase, type AccountsTransaction, readTime } from './database.ts';

export interface AuditNote {
  readonly workspace: string;
  /** Who did it; null for whoever runs the server. */
  readonly account: AccountId | null;
  readonly action: Audited;
  /** Whom it was done to. */
  readonly member?: AccountId | null;
  /** The id of what it was done to, or the name of a device. */
  readonly subject?: string | null;
  readonly role?: Role | null;
}

export type Audit = ReturnType<typeof openAudit>;

export function openAudit({ db }: AccountsDatabase, now: () => number) {
  let count = 0;

  /** Sorts as text in the order of the notes; digits and small letters alone, which every database sorts alike. */
  function nextId(at: number): string {
    count = (count + 1) % 36 ** 4;
    return at.toString(36).padStart(9, '0') + count.toString(36).padStart(4, '0') + randomBytes(4).toString('hex');
  }

  /** @param transaction the one of what the note tells, where there is one: both are stored or neither is */
  async function note(notes: readonly AuditNote[], transaction: AccountsTransaction | typeof db = db): Promise<void> {
    if (notes.length === 0) return;
    const at = now();
    const rows = notes.map(({ workspace, account, action, member = null, subject = null, role = null }) => ({ workspace, id: nextId(at), at, account, action, member, subject, role }));
    await transaction.insertInto('audit').values(rows).execute();
  }

  return {
    note,

    /** The same note in every workspace that the account belongs to. */
    async noteEverywhere(account: AccountId, about: Pick<AuditNote, 'action' | 'subject'>, transaction: AccountsTransaction | typeof db = db): Promise<void> {
      const places = await transaction.selectFrom('members').select('workspace').where('account', '=', account).execute();
      await note(places.map(({ workspace }) => ({ workspace, account, ...about })), transaction);
    },

    /**
     * Deletions, and questionnaires that were stored. Records have a transaction of their own: a server that is killed
     * between the two has stored the record and not the note.
     */
    async noteCommitted(committed: readonly Committed[]): Promise<void> {
      await note(committed.flatMap(toNotes));
    },

    /** Newest first, from the one before `before` on. */
    async page(workspace: string, before: string | null, limit: number): Promise<AuditPage> {
      const all = db
        .selectFrom('audit')
        .leftJoin('user as actor', 'actor.id', 'audit.account')
        .leftJoin('user as subject', 'subject.id', 'audit.member')
        .select(['audit.id', 'at', 'account', 'action', 'member', 'audit.subject', 'role', 'actor.name as actorName', 'subject.name as memberName'])
        .where('workspace', '=', workspace)
        .orderBy('audit.id', 'desc')
        .limit(limit + 1);
      const rows = await (before === null ? all : all.where('audit.id', '<', before)).execute();
      const Entries = rows.slice(0, limit).map(
        ({ id, at, account, action, member, subject, role, actorName, memberName }): AuditEntry => ({
          Id: id,
          At: new Date(readTime(at)).toISOString(),
          Account: account === null ? null : { Id: account, Name: actorName },
          Action: action,
          Member: member === null ? null : { Id: member, Name: memberName },
          Subject: subject,
          Role: role,
        }),
      );
      return { Entries, Next: rows.length > limit ? (Entries.at(-1)?.Id ?? null) : null };
    },
  };
}

function toNotes({ workspace, collection, write: { by, serverId, attributes } }: Committed): AuditNote[] {
  const about = { workspace, account: by, subject: serverId };
  switch (collection) {
    case 'questionnaires':
      if (attributes === null) return [{ ...about, action: 'questionnaire.deleted' }];
      return [{ ...about, action: attributes['published'] === false ? 'questionnaire.stored' : 'questionnaire.published' }];
    case 'responses':
      return attributes === null ? [{ ...about, action: 'response.deleted' }] : [];
    default: {
      const never: never = collection;
      return never;
    }
  }
}

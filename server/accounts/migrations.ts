/**
 * Brings the tables of accounts and workspaces up to date. What runs here must run on SQLite and on PostgreSQL alike;
 * better-auth looks after its own tables.
 */
import { sql } from 'kysely';
import * as v from 'valibot';
import { StoreUnusable } from '../store/store.ts';
import { type AccountsDatabase, type AccountsTransaction, readTime } from './database.ts';

interface Step {
  /** The format that it leads to. Never change a step that was released: add another. */
  readonly format: number;
  readonly up: (transaction: AccountsTransaction, kind: AccountsDatabase['kind']) => Promise<void>;
}

const STEPS: readonly Step[] = [
  { format: 2, up: makeWorkspaces },
  { format: 3, up: makeLinksAndLog },
  { format: 4, up: noteUseOfKeys },
];

/**
 * @param migrateSessions what better-auth does for its own tables
 * @throws StoreUnusable if a newer server has written them
 */
export async function migrateAccounts(database: AccountsDatabase, name: string, migrateSessions: () => Promise<void>): Promise<void> {
  if (database.kind === 'sqlite') {
    refuseNewer(await readFormat(database.db, 'sqlite'), name);
    // Before the transaction, which has the only connection to itself.
    await migrateSessions();
  }
  await database.exclusively(async (transaction) => {
    const format = await readFormat(transaction, database.kind);
    refuseNewer(format, name);
    if (database.kind === 'postgres') await migrateSessions();
    for (const step of STEPS) {
      if (step.format <= format) continue;
      await step.up(transaction, database.kind);
      await writeFormat(transaction, database.kind, step.format);
    }
  });
}

function refuseNewer(format: number, name: string): void {
  const known = Math.max(...STEPS.map((step) => step.format));
  if (format > known) throw new StoreUnusable(`The database ${name} was written by a newer Outpost (format ${format}, this one knows ${known}). Update Outpost.`);
}

const Format = v.tuple([v.object({ format: v.number() })]);

async function readFormat(db: AccountsDatabase['db'], kind: AccountsDatabase['kind']): Promise<number> {
  if (kind === 'sqlite') return v.parse(Format, (await sql`SELECT user_version AS format FROM pragma_user_version`.execute(db)).rows)[0].format;
  await sql`CREATE TABLE IF NOT EXISTS account_format (format integer NOT NULL)`.execute(db);
  return v.parse(Format, (await sql`SELECT coalesce(max(format), 0) AS format FROM account_format`.execute(db)).rows)[0].format;
}

async function writeFormat(db: AccountsDatabase['db'], kind: AccountsDatabase['kind'], format: number): Promise<void> {
  const statement = kind === 'sqlite' ? sql`PRAGMA user_version = ${sql.lit(format)}` : sql`INSERT INTO account_format (format) VALUES (${format})`;
  await statement.execute(db);
}

/** Workspaces, who belongs to them, and keys: in tables of our own, so that one transaction changes what belongs together. */
async function makeWorkspaces(transaction: AccountsTransaction, kind: AccountsDatabase['kind']): Promise<void> {
  const { schema } = transaction;
  const isOld = kind === 'sqlite' && (await sql`SELECT 1 FROM sqlite_master WHERE name = 'api_keys'`.execute(transaction)).rows.length > 0;
  if (isOld) await schema.alterTable('api_keys').renameTo('old_keys').execute();

  await schema
    .createTable('workspaces')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createTable('members')
    .addColumn('workspace', 'text', (column) => column.notNull().references('workspaces.id').onDelete('cascade'))
    .addColumn('account', 'text', (column) => column.notNull().references('user.id').onDelete('cascade'))
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('members_key', ['workspace', 'account'])
    .execute();
  await schema.createIndex('members_by_account').on('members').column('account').execute();
  await schema
    .createTable('api_keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('workspace', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addForeignKeyConstraint('api_keys_of_member', ['workspace', 'account'], 'members', ['workspace', 'account'], (key) => key.onDelete('cascade'))
    .execute();
  await schema.createIndex('api_keys_by_member').on('api_keys').columns(['workspace', 'account']).execute();
  if (isOld) await takeOverOrganizations(transaction);
}

const OldWorkspace = v.object({ id: v.string(), name: v.string(), createdAt: v.string() });
const OldMember = v.object({ workspace: v.string(), account: v.string(), role: v.string(), createdAt: v.string() });

/** Up to format 1 better-auth kept workspaces, and a key spoke for its account in all of them; now it does in the first. */
async function takeOverOrganizations(transaction: AccountsTransaction): Promise<void> {
  const organizations = await sql`SELECT id, name, "createdAt" FROM organization`.execute(transaction);
  for (const { id, name, createdAt } of v.parse(v.array(OldWorkspace), organizations.rows)) {
    await sql`INSERT INTO workspaces (id, name, created_at) VALUES (${id}, ${name}, ${readTime(createdAt)})`.execute(transaction);
  }
  const members = await sql`SELECT "organizationId" AS workspace, "userId" AS account, role, "createdAt" FROM member`.execute(transaction);
  for (const { workspace, account, role, createdAt } of v.parse(v.array(OldMember), members.rows)) {
    await sql`INSERT INTO members (workspace, account, role, created_at)
      VALUES (${workspace}, ${account}, ${role === 'owner' ? 'owner' : 'collector'}, ${readTime(createdAt)}) ON CONFLICT DO NOTHING`.execute(transaction);
  }
  await sql`INSERT INTO api_keys (id, hash, workspace, account, role, name, created_at)
    SELECT id, lower(hex(hash)), workspace, old_keys.account, role, name, old_keys.created_at FROM old_keys JOIN members ON members.account = old_keys.account
    WHERE workspace = (SELECT workspace FROM members AS first WHERE first.account = old_keys.account ORDER BY created_at, workspace LIMIT 1)`.execute(transaction);
  for (const table of ['old_keys', 'invitation', 'member', 'organization']) await transaction.schema.dropTable(table).execute();
}

/** Invitations, reset links, public links of questionnaires, and who did what. */
async function makeLinksAndLog({ schema }: AccountsTransaction): Promise<void> {
  await schema
    .createTable('invitations')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('workspace', 'text', (column) => column.notNull().references('workspaces.id').onDelete('cascade'))
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('uses_left', 'integer', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull().references('user.id').onDelete('cascade'))
    .execute();
  await schema.createIndex('invitations_by_workspace').on('invitations').column('workspace').execute();
  await schema
    .createTable('reset_links')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('workspace', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('made_by', 'text', (column) => column.notNull().references('user.id').onDelete('cascade'))
    .addForeignKeyConstraint('reset_links_of_member', ['workspace', 'account'], 'members', ['workspace', 'account'], (key) => key.onDelete('cascade'))
    .execute();
  await schema.createIndex('reset_links_by_account').on('reset_links').column('account').execute();
  await schema
    .createTable('form_links')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('workspace', 'text', (column) => column.notNull().references('workspaces.id').onDelete('cascade'))
    .addColumn('questionnaire', 'text', (column) => column.notNull())
    .addColumn('token', 'text', (column) => column.notNull().unique())
    .addColumn('use_limit', 'text', (column) => column.notNull())
    .addColumn('closes_at', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await schema.createIndex('form_links_by_questionnaire').on('form_links').columns(['workspace', 'questionnaire']).execute();
  await schema
    .createTable('form_link_uses')
    .addColumn('link', 'text', (column) => column.notNull().references('form_links.id').onDelete('cascade'))
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('form_link_uses_key', ['link', 'holder'])
    .execute();
  await schema
    .createTable('audit')
    .addColumn('workspace', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('account', 'text')
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('member', 'text')
    .addColumn('subject', 'text')
    .addColumn('role', 'text')
    .addPrimaryKeyConstraint('audit_key', ['workspace', 'id'])
    .execute();
  await schema
    .createTable('ended_sessions')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('workspace', 'text', (column) => column.notNull().references('workspaces.id').onDelete('cascade'))
    .addColumn('ended_at', 'bigint', (column) => column.notNull())
    .execute();
}

/** When a key was last used; null for one that never was. */
async function noteUseOfKeys({ schema }: AccountsTransaction): Promise<void> {
  await schema.alterTable('api_keys').addColumn('used_at', 'bigint').execute();
}

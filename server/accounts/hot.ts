/**
 * Who is calling is asked with every request, so it must cost little: one query for all that ask in the same turn of the
 * event loop, put together once, and none where nothing has changed since the last.
 *
 * better-auth makes and renews sessions. Asked for one it takes a millisecond of computing, more than all the rest of
 * a request; so what it has signed and stored is read here.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Compilable, type CompiledQuery, sql } from 'kysely';
import type { AccountsDatabase } from './database.ts';

const SESSION_COOKIE = 'outpost.session_token';

/** The token in a cookie header, if this secret has signed it; null for anything else. */
export function readToken(cookieHeader: string, secret: string): string | null {
  const cookie = cookieHeader.split(/; */).find((each) => each.startsWith(`${SESSION_COOKIE}=`));
  const value = cookie === undefined ? null : decoded(cookie.slice(SESSION_COOKIE.length + 1));
  const dot = value?.lastIndexOf('.') ?? -1;
  if (value === null || dot <= 0) return null;
  const token = value.slice(0, dot);
  const given = Buffer.from(value.slice(dot + 1), 'base64');
  const expected = createHmac('sha256', secret).update(token).digest();
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : null;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** By the token of a session: a row for each workspace of its account, one with nulls where there is none. By the hash of a key: one row. */
export function prepareHolders({ db, kind, changes }: AccountsDatabase) {
  const given = kind === 'sqlite' ? sql<string>`(SELECT value FROM json_each(${VALUES}))` : sql<string>`(SELECT json_array_elements_text(${VALUES}::text::json))`;
  const bySession = db
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.userId')
    .leftJoin('members', 'members.account', 'user.id')
    .leftJoin('workspaces', 'workspaces.id', 'members.workspace')
    .select(['session.token as asked', 'session.id as session', 'user.id as account', 'email', 'user.name', 'expiresAt', 'workspaces.id as workspace', 'workspaces.name as workspaceName', 'role'])
    .where('session.token', 'in', given)
    .orderBy('members.created_at')
    .orderBy('members.workspace');
  const byKey = db
    .selectFrom('api_keys')
    .innerJoin('user', 'user.id', 'api_keys.account')
    .innerJoin('members', (join) => join.onRef('members.account', '=', 'api_keys.account').onRef('members.workspace', '=', 'api_keys.workspace'))
    .innerJoin('workspaces', 'workspaces.id', 'api_keys.workspace')
    .select(['api_keys.hash as asked', 'user.id as account', 'email', 'user.name', 'workspaces.id as workspace', 'workspaces.name as workspaceName', 'members.role', 'api_keys.id as key', 'api_keys.role as keyRole', 'used_at as usedAt'])
    .where('api_keys.hash', 'in', given);
  const find = <Row extends Asked>(query: Compilable<Row>): Find<Row> => {
    const asked = gathered(prepared(db, query));
    return changes === null ? asked : remembered(asked, changes);
  };
  return { bySession: find(bySession), byKey: find(byKey) };
}

/** Stands where the values will be, a list as JSON. */
const VALUES = '[]';

interface Asked {
  /** Which of the values it was found by. */
  readonly asked: string;
}

type Find<Row> = (value: string) => Promise<readonly Row[]>;

function prepared<Row>(db: AccountsDatabase['db'], query: Compilable<Row>): (values: readonly string[]) => Promise<readonly Row[]> {
  const compiled: CompiledQuery<Row> = query.compile();
  return async (values) => {
    const list = JSON.stringify(values);
    const filled: CompiledQuery<Row> = { ...compiled, parameters: compiled.parameters.map((parameter) => (parameter === VALUES ? list : parameter)) };
    return (await db.executeQuery(filled)).rows;
  };
}

/** What is asked in the same turn of the event loop is one question. */
function gathered<Row extends Asked>(findAll: (values: readonly string[]) => Promise<readonly Row[]>): Find<Row> {
  let gathering: { readonly values: Set<string>; readonly found: Promise<ReadonlyMap<string, readonly Row[]>> } | null = null;
  const gather = () => {
    const values = new Set<string>();
    const found = new Promise((resolve) => setImmediate(resolve)).then(async () => {
      gathering = null;
      const rows = new Map<string, Row[]>([...values].map((value) => [value, []]));
      for (const row of await findAll([...values])) rows.get(row.asked)?.push(row);
      return rows;
    });
    return { values, found };
  };
  return async (value) => {
    gathering ??= gather();
    const { values, found } = gathering;
    values.add(value);
    return (await found).get(value) ?? [];
  };
}

/** Beyond so many, all is asked anew. */
const MOST_REMEMBERED = 10_000;

/**
 * The last answer holds as long as the tables are as they were. Whether they are is looked at once for all that ask in the same
 * turn of the event loop, when the last of them has asked: what is answered is never older than the question.
 */
function remembered<Row>(find: Find<Row>, changes: () => string): Find<Row> {
  const known = new Map<string, readonly Row[]>();
  let state = '';
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    looking = null;
    const now = changes();
    if (now !== state || known.size > MOST_REMEMBERED) known.clear();
    state = now;
  };
  return async (value) => {
    await (looking ??= look());
    const there = known.get(value);
    if (there !== undefined) return there;
    const before = state;
    const found = await find(value);
    // Of nobody nothing is kept: there are more wrong keys than right ones.
    if (state === before && found.length > 0) known.set(value, found);
    return found;
  };
}

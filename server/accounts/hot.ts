/**
 * Who is calling is asked with every request, so it must cost little: one query, put together once.
 *
 * better-auth makes, renews and ends sessions. Asked for one it takes a millisecond of computing, more than all the rest of
 * a request; so what it has signed and stored is read here.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Compilable, CompiledQuery } from 'kysely';
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
export function prepareHolders({ db }: AccountsDatabase) {
  const bySession = db
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.userId')
    .leftJoin('members', 'members.account', 'user.id')
    .leftJoin('workspaces', 'workspaces.id', 'members.workspace')
    .select(['session.id as session', 'user.id as account', 'email', 'user.name', 'expiresAt', 'workspaces.id as workspace', 'workspaces.name as workspaceName', 'role'])
    .where('session.token', '=', VALUE)
    .orderBy('members.created_at')
    .orderBy('members.workspace');
  const byKey = db
    .selectFrom('api_keys')
    .innerJoin('user', 'user.id', 'api_keys.account')
    .innerJoin('members', (join) => join.onRef('members.account', '=', 'api_keys.account').onRef('members.workspace', '=', 'api_keys.workspace'))
    .innerJoin('workspaces', 'workspaces.id', 'api_keys.workspace')
    .select(['user.id as account', 'email', 'user.name', 'workspaces.id as workspace', 'workspaces.name as workspaceName', 'members.role', 'api_keys.role as keyRole'])
    .where('api_keys.hash', '=', VALUE);
  return { bySession: prepared(db, bySession), byKey: prepared(db, byKey) };
}

/** Stands where the value will be: no token and no hash looks like it. */
const VALUE = '?';

function prepared<Row>(db: AccountsDatabase['db'], query: Compilable<Row>): (value: string) => Promise<readonly Row[]> {
  const compiled: CompiledQuery<Row> = query.compile();
  return async (value) => {
    const filled: CompiledQuery<Row> = { ...compiled, parameters: compiled.parameters.map((parameter) => (parameter === VALUE ? value : parameter)) };
    return (await db.executeQuery(filled)).rows;
  };
}

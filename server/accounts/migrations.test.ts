import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { Client, openServer, signIn, temporaryFolder } from '../testing/server.ts';

/** The tables as the first format had them, with an owner, a member, and a key of the member's. */
const FIRST_FORMAT = `
  CREATE TABLE "user" ("id" text not null primary key, "name" text not null, "email" text not null unique, "emailVerified" integer not null, "image" text, "createdAt" date not null, "updatedAt" date not null);
  CREATE TABLE "session" ("id" text not null primary key, "expiresAt" date not null, "token" text not null unique, "createdAt" date not null, "updatedAt" date not null, "ipAddress" text, "userAgent" text, "userId" text not null references "user" ("id") on delete cascade, "activeOrganizationId" text);
  CREATE TABLE "account" ("id" text not null primary key, "accountId" text not null, "providerId" text not null, "userId" text not null references "user" ("id") on delete cascade, "accessToken" text, "refreshToken" text, "idToken" text, "accessTokenExpiresAt" date, "refreshTokenExpiresAt" date, "scope" text, "password" text, "createdAt" date not null, "updatedAt" date not null);
  CREATE TABLE "verification" ("id" text not null primary key, "identifier" text not null, "value" text not null, "expiresAt" date not null, "createdAt" date not null, "updatedAt" date not null);
  CREATE TABLE "organization" ("id" text not null primary key, "name" text not null, "slug" text not null unique, "logo" text, "createdAt" date not null, "metadata" text);
  CREATE TABLE "member" ("id" text not null primary key, "organizationId" text not null references "organization" ("id") on delete cascade, "userId" text not null references "user" ("id") on delete cascade, "role" text not null, "createdAt" date not null);
  CREATE TABLE "invitation" ("id" text not null primary key, "organizationId" text not null references "organization" ("id") on delete cascade, "email" text not null, "role" text, "status" text not null, "expiresAt" date not null, "createdAt" date not null, "inviterId" text not null references "user" ("id") on delete cascade);
  CREATE TABLE api_keys (id TEXT NOT NULL PRIMARY KEY, hash BLOB NOT NULL UNIQUE, account TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE, name TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
  INSERT INTO user (id, name, email, emailVerified, createdAt, updatedAt) VALUES
    ('olive', 'Olive', 'olive@example.org', 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
    ('max', 'Max', 'max@example.org', 0, '2026-01-02T00:00:00.000Z', '2026-01-02T00:00:00.000Z');
  INSERT INTO account (id, accountId, providerId, userId, password, createdAt, updatedAt) SELECT id, id, 'credential', id,
    'f33ee9233bcab7297c69b1ff018b15ee:ef97ff06024da636ed3be5dd6b796c375b4aa130e8050ecc957c4e42e44d38e71d2fbfd34502fe294fba9a72933fbf22803ead53fbf63062615b7f3d141a5476',
    createdAt, updatedAt FROM user;
  INSERT INTO organization (id, name, slug, createdAt) VALUES ('first', 'Olive’s workspace', 'a', '2026-01-01T00:00:00.000Z'), ('second', 'Another', 'b', '2026-01-03T00:00:00.000Z');
  INSERT INTO member (id, organizationId, userId, role, createdAt) VALUES
    ('1', 'first', 'olive', 'owner', '2026-01-01T00:00:00.000Z'),
    ('2', 'first', 'max', 'member', '2026-01-02T00:00:00.000Z'),
    ('3', 'second', 'max', 'owner', '2026-01-03T00:00:00.000Z');
  PRAGMA user_version = 1;
`;

test('the first format of the accounts: everybody keeps password, places and keys, and a member is a collector', async () => {
  const dataDir = temporaryFolder();
  const old = new Database(join(dataDir, 'accounts.sqlite'));
  old.exec(FIRST_FORMAT);
  const hash = createHash('sha256').update('outpost_of-max').digest();
  old.prepare(`INSERT INTO api_keys VALUES ('k', ?, 'max', 'script', 1767400000000)`).run(hash);
  old.close();

  const server = await openServer({ dataDir });
  expect(server.welcomeToken).toBeNull();
  const max = await signIn(server, { email: 'max@example.org', password: 'a long password' });
  expect((await max.send('GET', '/session')).json()).toMatchObject({
    Account: { Id: 'max', Email: 'max@example.org', Name: 'Max' },
    Workspaces: [{ Id: 'first', Name: 'Olive’s workspace', Role: 'collector' }, { Id: 'second', Name: 'Another', Role: 'owner' }],
  });
  const program = new Client(server, { authorization: 'Bearer outpost_of-max' });
  expect((await program.send('GET', '/session')).json()).toMatchObject({ Account: { Id: 'max' }, Workspaces: [{ Id: 'first', Role: 'collector' }] });
  await server.close();

  const again = await openServer({ dataDir });
  await signIn(again, { email: 'olive@example.org', password: 'a long password' });
});

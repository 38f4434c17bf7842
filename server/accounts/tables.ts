/**
 * The tables of accounts and workspaces as rows that any database can hold: what a backup is made of.
 */
import type { Table } from '../store/tables.ts';

/** Those that others refer to come first. The first four are better-auth's. */
export const ACCOUNT_TABLES: readonly Table[] = [
  { name: 'user', columns: { id: 'text', name: 'text', email: 'text', emailVerified: 'boolean', image: 'text', createdAt: 'time', updatedAt: 'time' } },
  { name: 'session', columns: { id: 'text', expiresAt: 'time', token: 'text', createdAt: 'time', updatedAt: 'time', ipAddress: 'text', userAgent: 'text', userId: 'text' } },
  {
    name: 'account',
    columns: {
      id: 'text',
      accountId: 'text',
      providerId: 'text',
      userId: 'text',
      accessToken: 'text',
      refreshToken: 'text',
      idToken: 'text',
      accessTokenExpiresAt: 'time',
      refreshTokenExpiresAt: 'time',
      scope: 'text',
      password: 'text',
      createdAt: 'time',
      updatedAt: 'time',
    },
  },
  { name: 'verification', columns: { id: 'text', identifier: 'text', value: 'text', expiresAt: 'time', createdAt: 'time', updatedAt: 'time' } },
  { name: 'workspaces', columns: { id: 'text', name: 'text', created_at: 'count' } },
  { name: 'members', columns: { workspace: 'text', account: 'text', role: 'text', created_at: 'count' } },
  { name: 'api_keys', columns: { id: 'text', hash: 'text', workspace: 'text', account: 'text', role: 'text', name: 'text', created_at: 'count' } },
];

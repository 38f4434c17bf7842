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
  { name: 'ended_sessions', columns: { hash: 'text', workspace: 'text', ended_at: 'count' } },
  { name: 'invitations', columns: { id: 'text', hash: 'text', workspace: 'text', role: 'text', uses_left: 'count', expires_at: 'count', created_at: 'count', account: 'text' } },
  { name: 'reset_links', columns: { hash: 'text', workspace: 'text', account: 'text', expires_at: 'count', made_by: 'text' } },
  { name: 'form_links', columns: { id: 'text', workspace: 'text', questionnaire: 'text', token: 'text', use_limit: 'text', closes_at: 'count', created_at: 'count' } },
  { name: 'form_link_uses', columns: { link: 'text', holder: 'text', client_id: 'text' } },
  { name: 'audit', columns: { workspace: 'text', id: 'text', at: 'count', account: 'text', action: 'text', member: 'text', subject: 'text', role: 'text' } },
  { name: 'api_keys', columns: { id: 'text', hash: 'text', workspace: 'text', account: 'text', role: 'text', name: 'text', created_at: 'count', used_at: 'count' } },
];

/**
 * Where an account is signed in, in words, and signing out there.
 */
import type { AccountId } from '../../protocol/index.ts';
import type { SignedInDevice } from '../../protocol/people.ts';
import type { Audit } from './audit.ts';
import { type AccountsDatabase, readTime } from './database.ts';

export function openDevices({ db, exclusively, nativeTime }: AccountsDatabase, audit: Audit) {
  return {
    /** The latest used first. @param current the session that asks, null for a key */
    async list(account: AccountId, current: string | null): Promise<SignedInDevice[]> {
      const rows = await db
        .selectFrom('session')
        .select(['id', 'userAgent', 'createdAt', 'updatedAt'])
        .where('userId', '=', account)
        // By the machine's clock, as sessions are.
        .where('expiresAt', '>', nativeTime(Date.now()))
        .orderBy('updatedAt', 'desc')
        .orderBy('id')
        .execute();
      return rows.map(({ id, userAgent, createdAt, updatedAt }) => ({
        Id: id,
        ...deviceOf(userAgent ?? ''),
        SignedInAt: new Date(readTime(createdAt)).toISOString(),
        LastUsedAt: new Date(readTime(updatedAt)).toISOString(),
        Current: id === current,
      }));
    },

    /** False if the account has no such session. */
    async signOut(account: AccountId, id: string): Promise<boolean> {
      return exclusively(async (transaction) => {
        const ended = await transaction.deleteFrom('session').where('id', '=', id).where('userId', '=', account).returning('userAgent').executeTakeFirst();
        if (ended === undefined) return false;
        await audit.noteEverywhere(account, { action: 'session.ended', subject: deviceName(ended.userAgent ?? '') }, transaction);
        return true;
      });
    },
  };
}

/** In the order in which to look: what is built on another names that one as well. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
];

/** What a `User-Agent` says, for people; null where it says nothing known. */
export function deviceOf(userAgent: string): { readonly Browser: string | null; readonly System: string | null } {
  const first = (names: typeof BROWSERS): string | null => names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  return { Browser: first(BROWSERS), System: first(SYSTEMS) };
}

/** The same in a few words, for the audit log. */
export function deviceName(userAgent: string): string | null {
  const { Browser, System } = deviceOf(userAgent);
  return [Browser, System].filter((part) => part !== null).join(', ') || null;
}

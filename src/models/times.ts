/**
 * Times as people say them, and times as the wire wants them.
 */
import { words } from '../words.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const pad = (n: number): string => String(n).padStart(2, '0');

/** ISO 8601 with the offset of this device: `2026-11-22T23:10:00+13:00`. Whole seconds. */
export function localIso(date: Date): string {
  const offsetMinutes = -date.getTimezoneOffset();
  const size = Math.abs(offsetMinutes);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return `${day}T${time}${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/**
 * `iso` as seen from `nowMs`: just now, 5 min ago, 3 h ago, then the day. A time ahead of a clock that was set back is
 * "just now"; what is no time at all is the empty string.
 */
export function relativeTime(iso: string, nowMs: number): string {
  const atMs = Date.parse(iso);
  if (Number.isNaN(atMs)) return '';
  const ageMs = nowMs - atMs;
  if (ageMs < MINUTE_MS) return words.time.justNow;
  if (ageMs < HOUR_MS) return words.time.minutesAgo(Math.floor(ageMs / MINUTE_MS));
  if (ageMs < DAY_MS) return words.time.hoursAgo(Math.floor(ageMs / HOUR_MS));
  return shortDay(new Date(atMs), new Date(nowMs));
}

/** `3 Nov`, with the year where it is not this one. */
function shortDay(day: Date, now: Date): string {
  const sameYear = day.getFullYear() === now.getFullYear();
  return day.toLocaleDateString(words.locale, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
}

/** The whole date and time, for a title or a table; what is no time at all is given back as it is. */
export function fullTime(iso: string): string {
  const atMs = Date.parse(iso);
  return Number.isNaN(atMs) ? iso : new Date(atMs).toLocaleString(words.locale, { dateStyle: 'medium', timeStyle: 'short' });
}

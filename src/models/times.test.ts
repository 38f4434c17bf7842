import { expect, test } from 'vitest';
import { localIso, relativeTime } from './times.ts';

const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
const ago = (ms: number): string => relativeTime(new Date(NOW_MS - ms).toISOString(), NOW_MS);

test('each age has its words, and they change exactly at the step', () => {
  expect(ago(0)).toBe('just now');
  expect(ago(59_999)).toBe('just now');
  expect(ago(60_000)).toBe('1 min ago');
  expect(ago(59 * 60_000 + 59_999)).toBe('59 min ago');
  expect(ago(3_600_000)).toBe('1 h ago');
  expect(ago(86_399_999)).toBe('23 h ago');
  expect(ago(3 * 86_400_000)).toBe('19 Nov');
  expect(ago(400 * 86_400_000)).toBe('18 Oct 2025');
});

test('a clock that was set back does not speak of the future', () => {
  expect(ago(-5_000_000)).toBe('just now');
});

test('what is no time says nothing', () => {
  expect(relativeTime('', NOW_MS)).toBe('');
});

test('a local time carries its own offset and names the same moment', () => {
  const moment = new Date(NOW_MS);
  const iso = localIso(moment);
  expect(iso).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
  expect(Date.parse(iso)).toBe(NOW_MS);
});

test('an offset of half hours and one west of Greenwich keep their digits and sign', () => {
  const at = (offsetMinutes: number): Date => {
    const date = new Date(NOW_MS);
    date.getTimezoneOffset = () => -offsetMinutes;
    return date;
  };
  expect(localIso(at(345)).slice(-6)).toBe('+05:45');
  expect(localIso(at(-210)).slice(-6)).toBe('-03:30');
  expect(localIso(at(0)).slice(-6)).toBe('+00:00');
});

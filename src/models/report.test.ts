import { describe, expect, it } from 'vitest';
import { type Report, reportFile, reportLines, reportName } from './report.ts';

const STATES = { draft: 0, waiting: 0, sending: 0, 'edited-while-sending': 0, queued: 0, 'needs-sign-in': 0, sent: 0, conflict: 0, rejected: 0 };

const REPORT: Report = {
  app: '1.2.3',
  at: '2026-05-01T10:00:00.000Z',
  account: 'ann',
  device: 'a3b0c1d2-0000-4000-8000-00000000000d',
  versions: { protocol: '1', journal: 2 },
  summary: { waiting: 3, lastSentAt: null, connection: 'offline' },
  page: { online: false, visible: true, standalone: true, browser: 'Browser/1' },
  storage: { local: { usedUnits: 262_144, quotaUnits: 5_242_880 }, usedBytes: null, quotaBytes: null, persisted: true },
  worker: { state: 'active', isInControl: true, isUpdateWaiting: false, backgroundSync: 'granted', holds: null },
  collections: {
    responses: { states: { ...STATES, waiting: 1, queued: 2, sent: 4 }, waitingSince: '2026-04-30T08:00:00.000Z', problems: [], isPulled: true, unreadable: 0 },
  },
  happenings: [
    { at: '2026-05-01T09:00:00.000Z', kind: 'push', outcomes: ['rejected', 'applied'], status: 200, durationMs: 80, entries: 2, characters: 900 },
    { at: '2026-05-01T09:30:00.000Z', kind: 'push', outcomes: ['queued'], status: 202, durationMs: 80, entries: 1, characters: 300 },
    { at: '2026-05-01T09:31:00.000Z', kind: 'receipts', outcomes: ['applied'], status: null, durationMs: 5, entries: 1, characters: null },
  ],
};

const textOf = (name: string, report: Report = REPORT): string | undefined => reportLines(report).find((line) => line.name === name)?.text;

describe('a report in plain words', () => {
  it('states that share their words are counted together, and what is not there is not named', () => {
    expect(textOf('Responses')).toBe('Waiting to send: 3 · Sent: 4');
    expect(textOf('Responses', { ...REPORT, collections: {} })).toBe('None on this device');
    expect(textOf('Waiting since', { ...REPORT, collections: {} })).toBeUndefined();
  });

  it('the last try is the last request, with how it ended', () => {
    expect(textOf('Last try')).toMatch(/: no answer$/);
    expect(textOf('Last try', { ...REPORT, happenings: REPORT.happenings.slice(0, 1) })).toMatch(/: rejected, applied \(200\)$/);
    expect(textOf('Last try', { ...REPORT, happenings: [] })).toBeUndefined();
  });

  it('a browser that may not wake the worker is not said to send when closed', () => {
    expect(textOf('When Outpost is closed')).toBe('Sends by itself');
    for (const backgroundSync of ['unsupported', 'denied'] as const) {
      expect(textOf('When Outpost is closed', { ...REPORT, worker: { ...REPORT.worker, backgroundSync } })).toBe('Waits until it is opened');
    }
  });

  it('the storage is told in parts of the whole', () => {
    expect(textOf('Storage')).toBe('5 % full, kept when space gets short');
  });
});

it('the file holds all of it, and its name the day', () => {
  expect(JSON.parse(reportFile(REPORT))).toEqual(REPORT);
  expect(reportName(REPORT)).toBe('outpost-report-2026-05-01');
});

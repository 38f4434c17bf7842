/**
 * The words of the report to support, which is fetched only when somebody opens it. Otherwise as `words.ts`.
 */
import type { Connection } from './sync/types.ts';

export const reportWords = {
  title: 'Report a problem',
  lead: 'Does something not work? Send this report to whoever looks after your survey. It says how Outpost is doing on this device.',
  promise: 'None of your answers are in it, no titles, and neither your name nor your email address.',
  taking: 'Looking…',
  contents: 'What the report says',
  all: 'Show all of it',
  share: 'Share',
  download: 'Download',
  copy: 'Copy',
  copied: 'The report is copied. Paste it into a message.',
  notCopied: 'This browser did not let Outpost copy. Download the report instead.',
  notShared: 'This device could not share the report. Download it instead.',
  responses: 'Responses',
  none: 'None on this device',
  waitingSince: 'Waiting since',
  connection: 'Connection',
  connections: {
    unknown: 'Not tried yet',
    online: 'The server answers',
    offline: 'The server cannot be reached',
    'needs-sign-in': 'The server asks to sign in again',
    'update-needed': 'The server needs a newer version of this app',
  } satisfies Record<Connection, string>,
  lastTry: 'Last try',
  worked: 'it worked',
  noAnswer: 'no answer',
  ended: (outcomes: string, status: number | null) => (status === null ? outcomes : `${outcomes} (${status})`),
  whenClosed: 'When Outpost is closed',
  sends: 'Sends by itself',
  waits: 'Waits until it is opened',
  storage: 'Storage',
  full: (percent: number) => `${percent} % full`,
  persisted: 'kept when space gets short',
  notPersisted: 'the browser may clear it when space gets short',
  version: 'Version',
} as const;

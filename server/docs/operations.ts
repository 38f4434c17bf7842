/**
 * What the document of the API says of each route beyond its schema. A route without an entry fails a test.
 */
import * as v from 'valibot';
import { Health, MAX_ENTRIES, Problem, PullPage, PushEntry, PushResult, Session, SyncAnswer, SyncRequest } from '../../protocol/index.ts';
import {
  AuditPage,
  CreatedInvitation,
  CreatedKey,
  CreatedReset,
  DeviceList,
  FormStored,
  InvitationList,
  InvitationShown,
  KeyList,
  LinkList,
  MemberList,
  OpenForm,
  PublicLink,
  ResetShown,
} from '../../protocol/people.ts';

export interface Operation {
  /** One sentence. */
  readonly summary: string;
  /** Whoever may ask: anybody, somebody who is signed in or has a key, or only a person with a session. */
  readonly asks: 'anybody' | 'somebody' | 'person';
  /** Request headers that it knows, of `HEADERS`. */
  readonly headers?: readonly HeaderName[];
  /** In place of the route's own schema, where that decodes a part of the body later. */
  readonly body?: v.GenericSchema;
  /** The body of the good answer as JSON; null for one without a body, a string for the type of any other. */
  readonly answer: v.GenericSchema | string | null;
  /** Of the good answer; 200 if it is not given. */
  readonly status?: 201 | 204;
}

export type HeaderName = keyof typeof HEADERS;

export const HEADERS = {
  'Outpost-Account': 'The account that made the edit, and behind a slash the workspace that it belongs to: 401 if somebody else is signed in, or the account is not in that workspace.',
  'Outpost-Workspace': 'The workspace that is meant, where Outpost-Account names none; without either, the one that the account joined first.',
  'Outpost-Device': 'The device, a UUID. It goes together with Outpost-Revision.',
  'Outpost-Revision': 'Counted up by the device with every edit of the record: what was sent before is a duplicate.',
  'Outpost-Base': 'The Version that the edit was made on. Without it the last write wins.',
  'Outpost-Link': 'The token of a public link.',
} as const;

const WHO = ['Outpost-Account', 'Outpost-Workspace'] as const;
const EDIT = [...WHO, 'Outpost-Device', 'Outpost-Revision', 'Outpost-Base'] as const;

/** A model with its bookkeeping, as `Backbone.Model.fetch` expects it. */
const Model = v.looseObject({ id: v.string(), version: v.number() });
const Batch = v.object({ ...SyncRequest.entries, Push: v.optional(v.pipe(v.array(PushEntry), v.maxLength(MAX_ENTRIES))) });

/** By method and pattern. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /api/v1/health': { summary: 'Whether the database answers, and which version this is.', asks: 'anybody', answer: Health },
  'GET /api/v1/ready': { summary: 'Whether to send requests here: 503 once the server was told to end.', asks: 'anybody', answer: v.object({ Status: v.literal('ready') }) },
  'GET /api/v1/session': { summary: 'Who is signed in, and in which workspaces.', asks: 'somebody', headers: ['Outpost-Account'], answer: Session },
  'POST /api/v1/session': { summary: 'Sign in. The session comes as a cookie.', asks: 'anybody', answer: Session },
  'DELETE /api/v1/session': { summary: 'Sign out. Doing it twice is fine.', asks: 'anybody', answer: null, status: 204 },
  'POST /api/v1/welcome': { summary: 'Make the first owner, by the one-time link of the first start.', asks: 'anybody', answer: Session },

  'GET /api/v1/members': { summary: 'Who belongs to the workspace.', asks: 'person', headers: WHO, answer: MemberList },
  'PUT /api/v1/members/:id': { summary: 'Give a member another role. The last owner stays one.', asks: 'person', headers: WHO, answer: null, status: 204 },
  'DELETE /api/v1/members/:id': { summary: 'Remove a member, with their sessions and keys here. What they stored stays.', asks: 'person', headers: WHO, answer: null, status: 204 },
  'POST /api/v1/members/:id/reset': { summary: 'Make a link by which a member sets a new password. It is shown this once.', asks: 'person', headers: WHO, answer: CreatedReset, status: 201 },
  'POST /api/v1/invitations': { summary: 'Make a link by which people join. It is shown this once.', asks: 'person', headers: WHO, answer: CreatedInvitation, status: 201 },
  'GET /api/v1/invitations': { summary: 'The invitations that can still be accepted.', asks: 'person', headers: WHO, answer: InvitationList },
  'DELETE /api/v1/invitations/:id': { summary: 'Withdraw an invitation.', asks: 'person', headers: WHO, answer: null, status: 204 },
  'POST /api/v1/invitations/look': { summary: 'What an invitation is to.', asks: 'anybody', answer: InvitationShown },
  'POST /api/v1/invitations/accept': { summary: 'Join with the account that is signed in.', asks: 'person', headers: ['Outpost-Account'], answer: Session },
  'POST /api/v1/invitations/join': { summary: 'Join with a new account, or with one that has this address and password.', asks: 'anybody', answer: Session },
  'POST /api/v1/password/look': { summary: 'Whose password a reset link is for.', asks: 'anybody', answer: ResetShown },
  'POST /api/v1/password': { summary: 'Set a new password by a reset link. It ends the sessions of before and begins one.', asks: 'anybody', answer: Session },
  'GET /api/v1/devices': { summary: 'Where the caller is signed in.', asks: 'person', headers: ['Outpost-Account'], answer: DeviceList },
  'DELETE /api/v1/devices/:id': { summary: 'Sign out there.', asks: 'person', headers: ['Outpost-Account'], answer: null, status: 204 },
  'POST /api/v1/keys': { summary: 'Make an API key for oneself. It is shown this once.', asks: 'person', headers: WHO, answer: CreatedKey, status: 201 },
  'GET /api/v1/keys': { summary: 'One’s keys; for an owner, everybody’s.', asks: 'person', headers: WHO, answer: KeyList },
  'DELETE /api/v1/keys/:id': { summary: 'Revoke a key.', asks: 'person', headers: WHO, answer: null, status: 204 },
  'POST /api/v1/links': { summary: 'Let anybody with the link fill in a questionnaire.', asks: 'person', headers: WHO, answer: PublicLink, status: 201 },
  'GET /api/v1/links': { summary: 'The public links.', asks: 'person', headers: WHO, answer: LinkList },
  'DELETE /api/v1/links/:id': { summary: 'Close a public link.', asks: 'person', headers: WHO, answer: null, status: 204 },
  'GET /api/v1/form': { summary: 'What there is to fill in behind a public link.', asks: 'anybody', headers: ['Outpost-Link'], answer: OpenForm },
  'PUT /api/v1/form/:id': { summary: 'Store a response by a public link. Sent again, it changes nothing.', asks: 'anybody', headers: ['Outpost-Link', 'Outpost-Device'], answer: FormStored },
  'GET /api/v1/audit': { summary: 'Who did what, the newest first.', asks: 'person', headers: WHO, answer: AuditPage },
  'POST /api/v1/exports': { summary: 'Tell that responses were taken out of the app.', asks: 'person', headers: WHO, answer: null, status: 204 },
  'POST /api/v1/sync': { summary: 'Push many edits and pull what is new. Each entry stands alone; results come in the order of the entries.', asks: 'somebody', headers: WHO, body: Batch, answer: SyncAnswer },
  'GET /api/v1/events': { summary: 'Server-sent events: a hint whenever something that the caller may see has changed.', asks: 'somebody', headers: WHO, answer: 'text/event-stream' },
  'GET /api/v1/:collection': {
    summary: 'The whole collection as an array of models; with `since`, one page of its changes.',
    asks: 'somebody',
    headers: [...WHO, 'Outpost-Device'],
    answer: v.union([v.array(Model), PullPage]),
  },
  'GET /api/v1/:collection/:id': { summary: 'One record, by the id of the server or the temporary one it was created under.', asks: 'somebody', headers: [...WHO, 'Outpost-Device'], answer: Model },
  'PUT /api/v1/:collection/:id': { summary: 'Create or replace one record. Sent again, it changes nothing.', asks: 'somebody', headers: EDIT, answer: PushResult },
  'DELETE /api/v1/:collection/:id': { summary: 'Delete one record. Doing it twice is fine.', asks: 'somebody', headers: EDIT, answer: PushResult },
  'GET /api/openapi.json': { summary: 'This document.', asks: 'anybody', answer: v.looseObject({ openapi: v.string() }) },
  'GET /api/docs': { summary: 'This document as a page.', asks: 'anybody', answer: 'text/html' },
  'GET /api/docs.css': { summary: 'The style of that page.', asks: 'anybody', answer: 'text/css' },
};

/** What every refusal looks like. */
export const REFUSAL = Problem;

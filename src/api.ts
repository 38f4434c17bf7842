/**
 * The calls that need the server at once: who is calling, an owner's uploads, and the results. Everything that may wait
 * goes through the engine instead.
 */
import * as v from 'valibot';
import type { Questionnaire } from '../forms/index.ts';
import { BASE_PATH, type Cursor, HEADER, Problem, PROTOCOL_VERSION, PullPage, PushResult, Session } from '../protocol/index.ts';

/** What the server said. Without its header an answer is somebody else's (a captive portal), which is as good as no network. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'offline' }
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string; readonly type: string };

let workspace: string | null = null;

/** From now on every call is about this workspace; null where nobody is signed in. */
export function speakOf(id: string | null): void {
  workspace = id;
}

export const fetchSession = (): Promise<Answer<Session>> => call('GET', '/session', Session);

export const signIn = (email: string, password: string): Promise<Answer<Session>> =>
  call('POST', '/session', Session, { Email: email, Password: password });

export const signOut = (): Promise<Answer<unknown>> => call('DELETE', '/session', v.unknown());

/** Tells the log of the workspace that these responses were taken out of the app. */
export const tellExport = (questionnaireId: string, count: number): Promise<Answer<unknown>> =>
  call('POST', '/exports', v.unknown(), { Questionnaire: questionnaireId, Count: count });

/** Makes the first owner, with the token of the link that the server printed, and signs in. */
export const makeOwner = (token: string, name: string, email: string, password: string): Promise<Answer<Session>> =>
  call('POST', '/welcome', Session, { Token: token, Name: name, Email: email, Password: password });

/** Stores a questionnaire: a new one under a new id, or a new version of the one that has it. @param author as the place of whoever does it says */
export const uploadQuestionnaire = (id: string, questionnaire: Questionnaire, author: string): Promise<Answer<PushResult>> =>
  call('PUT', `/questionnaires/${encodeURIComponent(id)}`, PushResult, questionnaire, { [HEADER.account]: author });

/** One page of all the responses that this account may see, oldest change first. */
export const fetchResponses = (cursor: Cursor | null): Promise<Answer<PullPage>> =>
  call('GET', `/responses?since=${encodeURIComponent(cursor ?? '')}`, PullPage);

/** @param shape what the body of a 2xx answer is; there is none with a 204 */
export async function call<T>(
  method: string,
  path: string,
  shape: v.GenericSchema<unknown, T>,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<T>> {
  let response: Response;
  let json: unknown;
  try {
    response = await fetch(BASE_PATH + path, {
      method,
      credentials: 'same-origin',
      headers: {
        ...headers,
        ...(workspace === null ? {} : { [HEADER.workspace]: workspace }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.headers.get(HEADER.protocol) !== PROTOCOL_VERSION) return { kind: 'offline' };
    json = response.status === 204 ? null : await response.json();
  } catch (error) {
    // `fetch` says TypeError for no network, and reading the answer SyntaxError or AbortError where it broke off.
    if (error instanceof TypeError || error instanceof SyntaxError || error instanceof DOMException) return { kind: 'offline' };
    throw error;
  }
  const read = v.safeParse(shape, json);
  if (response.ok && read.success) return { kind: 'ok', value: read.output };
  const problem = v.safeParse(Problem, json);
  const { detail = '', title = '', type = '' } = problem.success ? problem.output : {};
  return { kind: 'refused', status: response.status, detail: detail === '' ? title : detail, type };
}

/**
 * `Backbone.serverSync`: the `Backbone.sync` that speaks to the server, kept aside before backbone.localstorage takes
 * its place. Import this module before backbone.localstorage; where an app has loaded that first, its `ajaxSync` option
 * leads to the same function.
 */
import Backbone from 'backbone';
import { parseJson, type HttpAnswer } from '../../protocol/index.ts';

export interface ServerSyncOptions {
  readonly url: string;
  /** The model's own attributes, as they go out. */
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
}

type Method = 'create' | 'read' | 'update' | 'patch' | 'delete';

const original = Backbone.sync;

function serverSync(method: Method, model: Backbone.Model | Backbone.Collection, options: object = {}): unknown {
  const toServer: object = { ...options, ajaxSync: true };
  return original.call(model, method, model, toServer);
}

Object.assign(Backbone, { serverSync });
// Without jQuery Backbone has nothing to send with; with it, jQuery stays in charge.
if (!('$' in Backbone) || Backbone.$ === undefined) Object.assign(Backbone, { ajax: fetchAjax });

/** Sends one model by `Backbone.serverSync`. Resolves with whatever was answered, or null where there was no answer. */
export function sendModel(method: 'update' | 'delete', model: Backbone.Model, options: ServerSyncOptions): Promise<HttpAnswer | null> {
  return new Promise((resolve) => {
    serverSync(method, model, {
      ...options,
      success: (_body: unknown, _status: string, xhr: AjaxAnswer) => resolve(answerOf(xhr)),
      error: (xhr: AjaxAnswer) => resolve(answerOf(xhr)),
    });
  });
}

function answerOf(xhr: AjaxAnswer): HttpAnswer | null {
  if (xhr.status === 0) return null;
  return { status: xhr.status, header: (name) => xhr.getResponseHeader(name), body: parseJson(xhr.responseText) };
}

/** An answer, with its text as it came. */
export type Answer = HttpAnswer & { readonly text: string };

/** The part of jQuery's jqXHR that Backbone and `sendModel` read. */
interface AjaxAnswer {
  readonly status: number;
  readonly responseText: string;
  getResponseHeader(name: string): string | null;
}

interface AjaxSettings {
  readonly type: string;
  readonly url: string;
  readonly data?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly success?: (body: unknown, status: string, xhr: AjaxAnswer) => void;
  readonly error?: (xhr: AjaxAnswer, status: string, reason: string) => void;
}

const NO_ANSWER: Answer = { status: 0, header: () => null, body: undefined, text: '' };

/** What Backbone asks of `$.ajax`, by `fetch`. Callbacks run after the promise chain, so that what they throw is not taken for a failed request. */
async function fetchAjax(settings: AjaxSettings): Promise<void> {
  const headers = new Headers({ Accept: 'application/json', ...settings.headers });
  if (settings.contentType !== undefined) headers.set('Content-Type', settings.contentType);
  const answer = await fetchOrNull(settings.url, { method: settings.type, headers, body: settings.data ?? null }, settings.timeout);
  const { status, header, body, text } = answer ?? NO_ANSWER;
  const xhr = { status, responseText: text, getResponseHeader: header };
  if (status >= 200 && status < 300 && (body !== undefined || text === '')) settings.success?.(body, 'success', xhr);
  else settings.error?.(xhr, status > 0 && body === undefined ? 'parsererror' : 'error', text);
}

/** An answer read to its end, or null: no network, time ran out, or the connection broke while the answer was read. */
export async function fetchOrNull(url: string, init: RequestInit, timeoutMs?: number): Promise<Answer | null> {
  try {
    const response = await fetch(url, timeoutMs === undefined ? init : { ...init, signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    return { status: response.status, header: (name) => response.headers.get(name), body: parseJson(text), text };
  } catch {
    return null;
  }
}

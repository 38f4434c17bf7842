/**
 * What every screen of a signed-in person works with.
 */
import type { Session, Workspace } from '../../protocol/index.ts';
import type { Edits } from '../models/edits.ts';
import type { SyncEngine } from '../models/engine.ts';
import type { Place } from '../models/places.ts';
import type { Questionnaires } from '../models/questionnaires.ts';
import type { Responses } from '../models/responses.ts';
import type { Status } from '../models/status.ts';

export interface App {
  readonly session: Session;
  /** The workspace that everything on the screens is of. */
  readonly place: Place;
  readonly engine: SyncEngine;
  readonly questionnaires: Questionnaires;
  readonly responses: Responses;
  readonly edits: Edits;
  readonly status: Status;
  /** Resolves once the collections also hold what localStorage had lost in a crash. */
  readonly restored: Promise<unknown>;
  /** Opens the screen of a path; `replace` leaves no way back to the present one. */
  readonly go: (path: string, options?: { readonly replace?: boolean }) => void;
  /** Changes the address of the screen that stands, without opening another. */
  readonly rename: (path: string) => void;
  /** Tells a person what went wrong, above whatever is on the screen. */
  readonly complain: (problem: unknown) => void;
  /** Offers to install with the browser's own prompt. */
  readonly install: () => Promise<void>;
  readonly update: () => void;
  readonly signOut: () => Promise<void>;
  /** Opens the app anew in another workspace. */
  readonly moveTo: (workspace: Workspace) => Promise<void>;
}

export const paths = {
  home: '/',
  signIn: '/sign-in',
  responses: '/responses',
  manage: '/manage',
  people: '/people',
  log: '/people/log',
  keys: '/people/keys',
  devices: '/devices',
  join: '/join',
  newPassword: '/new-password',
  form: '/form',
  report: '/report',
  fill: (questionnaireId: string) => `/fill/${questionnaireId}`,
  response: (id: string) => `/responses/${id}`,
  edit: (id: string) => `/responses/${id}/edit`,
  submitted: (id: string) => `/responses/${id}/submitted`,
  links: (questionnaireId: string) => `/manage/${questionnaireId}/links`,
  results: (questionnaireId: string) => `/manage/${questionnaireId}/results`,
} as const;

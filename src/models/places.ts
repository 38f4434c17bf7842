/**
 * The workspaces of an account on this device: in which one a person is, and to which they may go.
 *
 * What is made in a workspace is kept and sent under the account and the workspace together, so nothing has to be sent, or
 * moved, before somebody goes to another one.
 */
import * as v from 'valibot';
import { type Session, Workspace } from '../../protocol/index.ts';

/** What is remembered of an account's workspaces, signed in or not. */
export const Places = v.object({
  /** The one that was open here first: what is made in it is kept under the account's name alone, as it was when an account had one workspace. */
  home: v.string(),
  /** Those that were open here, the present one first. One that the person was removed from stays: what is unsent is still there. */
  opened: v.array(Workspace),
});
export type Places = v.InferOutput<typeof Places>;

/** Where a person is. */
export interface Place {
  /** Null for an account that belongs to none. */
  readonly workspace: Workspace | null;
  /** Whom what is made here is sent as: the account in this workspace. */
  readonly author: string;
  /** What it is kept under on this device. */
  readonly keptAs: string;
  /** Whether there are others to go to. */
  readonly isOneOfSeveral: boolean;
}

/** A workspace that a person may go to. */
export interface Choice extends Workspace {
  /** False for one that the person was removed from. */
  readonly belongs: boolean;
  readonly keptAs: string;
}

/**
 * Goes to a workspace: the wanted one, else the one that was open last, else the one that was joined first.
 * @returns undefined for an account that belongs to no workspace and never did here
 */
export function enter({ Workspaces }: Session, known: Places | undefined, wanted?: string): Places | undefined {
  const opened = known?.opened ?? [];
  const latest = opened.map((former) => byId(Workspaces, former.Id) ?? former);
  const next = byId(Workspaces, wanted) ?? byId(latest, wanted) ?? byId(Workspaces, opened[0]?.Id) ?? Workspaces[0] ?? latest[0];
  return next && { home: known?.home ?? next.Id, opened: [next, ...latest.filter(({ Id }) => Id !== next.Id)] };
}

export function placeIn(session: Session, known: Places | undefined): Place {
  const { Id: account } = session.Account;
  const isOneOfSeveral = choicesOf(session, known).length > 1;
  const workspace = known?.opened[0];
  if (workspace === undefined) return { workspace: null, author: account, keptAs: account, isOneOfSeveral };
  return { workspace, author: `${account}/${workspace.Id}`, keptAs: keptAs(session, known, workspace), isOneOfSeveral };
}

/** All that the person may go to, the present one among them: as the server said them last, then those that they were removed from. */
export function choicesOf(session: Session, known: Places | undefined): readonly Choice[] {
  const { Workspaces } = session;
  const former = (known?.opened ?? []).filter(({ Id }) => byId(Workspaces, Id) === undefined);
  const choice = (belongs: boolean) => (workspace: Workspace): Choice => ({ ...workspace, belongs, keptAs: keptAs(session, known, workspace) });
  return [...Workspaces.map(choice(true)), ...former.map(choice(false))];
}

const keptAs = ({ Account }: Session, known: Places | undefined, { Id }: Workspace): string => (Id === known?.home ? Account.Id : `${Account.Id}/${Id}`);

const byId = (all: readonly Workspace[], id: string | undefined): Workspace | undefined => all.find(({ Id }) => Id === id);

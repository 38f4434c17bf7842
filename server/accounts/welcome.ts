/**
 * The first run: the one-time link that makes the first owner, and what that owner finds.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Attributes } from '../../protocol/index.ts';
import type { Outcome } from '../decide.ts';
import type { Caller } from '../access.ts';
import type { Store } from '../store/store.ts';
import type { Accounts, NewAccount, SignedIn } from './accounts.ts';

export interface Welcome {
  /** The token of the link, to be printed once; null if there is an owner already. */
  readonly token: string | null;
  /** Makes the owner; null if the token is wrong or used, or somebody else was first. */
  redeem(token: string, owner: NewAccount): Promise<SignedIn | null>;
  /** Makes the owner without a token, on the word of whoever started the server. Does nothing if there is one. */
  makeOwner(owner: NewAccount): Promise<void>;
}

/** @param sample the questionnaire that a new owner finds; one whose server was killed before it was stored gets it now */
export async function createWelcome(accounts: Accounts, store: Store, sample: Attributes): Promise<Welcome> {
  const first = await accounts.firstOwner();
  if (first !== null) await putSample(store, first, sample);
  const token = first !== null ? null : randomBytes(32).toString('base64url');
  const expected = token === null ? null : sha256(token);

  async function makeFirstOwner(owner: NewAccount): Promise<SignedIn | null> {
    if (await accounts.hasOwner()) return null;
    const signedIn = await accounts.createFirstOwner(owner);
    if (signedIn !== null) await putSample(store, signedIn, sample);
    return signedIn;
  }

  return {
    token,
    async redeem(given, owner) {
      if (expected === null || !timingSafeEqual(sha256(given), expected)) return null;
      return makeFirstOwner(owner);
    },
    async makeOwner(owner) {
      await makeFirstOwner(owner);
    },
  };
}

/** Does nothing where anything was ever stored: a sample that somebody has deleted stays so. */
async function putSample(store: Store, { account, workspaces }: SignedIn, sample: Attributes): Promise<void> {
  const [workspace] = workspaces;
  if (workspace === undefined) throw new Error('The owner has no workspace.');
  if (!(await store.isUntouched(workspace.Id))) return;
  const caller: Caller = { workspace: workspace.Id, account: account.Id, role: workspace.Role };
  const attributes = { ...sample, published: true };
  const outcome: Outcome = await store.push(caller, 'questionnaires', {
    op: 'put',
    id: crypto.randomUUID(),
    attributes,
    changed: null, merge: true,
    origin: null,
    base: null,
  });
  if (outcome.status !== 'applied') throw new Error(`The sample questionnaire was not stored: ${JSON.stringify(outcome)}`);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import * as v from 'valibot';
import { expect, test } from 'vitest';
import { AccountId, ServerId } from '../../protocol/index.ts';
import type { Committed } from '../store/store.ts';
import { Hints } from './hints.ts';
import { HintStream } from './stream.ts';

const account = v.parse(AccountId, 'ann');

/** Everything that an owner of the workspace hears of these commits. */
function heardBy(workspace: string, committed: readonly Committed[]): string {
  const hints = new Hints((error) => expect.fail(String(error)));
  const stream = new HintStream(5_000);
  hints.add({ caller: { workspace, account, role: 'owner' }, device: null, own: new Set(), stream, isStillAdmitted: async () => true });
  hints.tell(committed);
  return String(stream.readable.read());
}

function written(workspace: string, collection: Committed['collection']): Committed {
  const write = { by: account, serverId: v.parse(ServerId, 'id'), attributes: {} };
  return { workspace, collection, creator: account, device: null, place: { epoch: workspace, seq: 1, floor: 0 }, write };
}

test('two workspaces in one commit: each hears of its own', () => {
  const committed = [written('here', 'responses'), written('there', 'questionnaires')];
  expect(heardBy('here', committed)).toContain('responses');
  expect(heardBy('here', committed)).not.toContain('questionnaires');
  expect(heardBy('there', committed)).not.toContain('responses');
});

import * as v from 'valibot';
import { expect, test } from 'vitest';
import { AccountId, ServerId } from '../../protocol/index.ts';
import type { Committed } from '../store/store.ts';
import { Hints } from './hints.ts';
import { HintStream } from './stream.ts';

const account = v.parse(AccountId, 'ann');

/** Everything that an owner of the workspace hears of these commits. */
function heardBy(workspace: string, committed: readonly Committed[]): string {
  const hints = new Hints({ onError: (error) => expect.fail(String(error)), tellOthers: async () => {} });
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

test('thousands of listeners are asked after a few at a time, others have their turn between, and one that cannot be asked holds up none', async () => {
  const errors: unknown[] = [];
  const hints = new Hints({ onError: (error) => errors.push(error), tellOthers: async () => {} });
  let together = 0;
  let most = 0;
  let turns = 0;
  const asked: number[] = [];
  const streams = Array.from({ length: 500 }, (_, n) => {
    const stream = new HintStream(5_000);
    const isStillAdmitted = async (): Promise<boolean> => {
      together += 1;
      most = Math.max(most, together);
      await Promise.resolve();
      together -= 1;
      asked.push(n);
      if (n === 7) throw new Error('The database does not answer.');
      return n % 2 === 0;
    };
    hints.add({ caller: { workspace: 'here', account: v.parse(AccountId, `account-${n}`), role: 'owner' }, device: null, own: new Set(), stream, isStillAdmitted });
    return stream;
  });
  const beating = hints.beat();
  const again = hints.beat();
  const others = (async () => {
    while (asked.length < streams.length) {
      turns += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await Promise.all([beating, again, others]);
  expect(asked).toHaveLength(streams.length);
  expect([most, errors.length]).toEqual([20, 1]);
  expect(turns).toBeGreaterThan(10);
  expect(streams.map((stream, n) => [n, stream.readable.destroyed])).toEqual(streams.map((_, n) => [n, n % 2 === 1 && n !== 7]));
});

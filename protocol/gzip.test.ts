import { expect, test } from 'vitest';
import { type Packed, sendPacked } from './index.ts';

const compressed = new ArrayBuffer(3);
const gzip = async () => compressed;

/** What went out, in order, to a server that answers so. */
async function sent(text: string, statuses: readonly number[], by: typeof gzip | null = gzip): Promise<readonly Packed[]> {
  const packed: Packed[] = [];
  const answer = await sendPacked(text, by, async (each) => ({ status: statuses[packed.push(each) - 1] ?? 0 }));
  expect(answer?.status).toBe(statuses.at(-1));
  return packed;
}

const plain = (body: string) => ({ body, headers: { 'Content-Type': 'application/json' } });
const small = 'x'.repeat(1_400);
const large = '水'.repeat(470);

test('a large body goes compressed, measured in bytes; a small one does not', async () => {
  expect(await sent(large, [200])).toEqual([{ body: compressed, headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' } }]);
  expect(await sent(small, [200])).toEqual([plain(small)]);
});

test('a browser without compression sends it plain', async () => {
  expect(await sent(large, [200], null)).toEqual([plain(large)]);
});

test('a server that takes no compressed body gets it plain', async () => {
  const [first, second] = await sent(large, [415, 200]);
  expect(first?.body).toBe(compressed);
  expect(second).toEqual(plain(large));
});

test('any other answer stands', async () => {
  expect(await sent(large, [503])).toHaveLength(1);
});

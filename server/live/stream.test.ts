import { once } from 'node:events';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { Cursor } from '../../protocol/index.ts';
import { HintStream } from './stream.ts';

test('a reader that stands still: memory does not grow, and it hears the newest of each collection when it reads on', async () => {
  const stream = new HintStream(5_000);
  const cursor = (count: number) => v.parse(Cursor, `cursor-${count}`);
  for (let count = 1; count <= 10_000; count += 1) {
    stream.hint(new Map([['responses', cursor(count)]]));
    stream.beat();
  }
  stream.hint(new Map([['questionnaires', cursor(7)]]));
  expect(stream.readable.readableLength).toBeLessThan(10_000);

  let heard = '';
  stream.readable.on('data', (chunk) => {
    heard += String(chunk);
  });
  await expect.poll(() => heard).toContain('"questionnaires","Cursor":"cursor-7"');
  expect(heard).toContain('cursor-10000');
  expect(heard).not.toContain('cursor-5000"');
});

test('cut while the reader stands still: it is over at once, whatever was not taken', async () => {
  const stream = new HintStream(5_000);
  const closed = once(stream.readable, 'close');
  stream.cut();
  expect(await closed).toEqual([]);
  stream.beat();
});

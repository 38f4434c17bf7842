import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Autosave } from './autosave.ts';

/** Saves that end when the test says so. */
function slowSaves() {
  const ends: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const save = (): Promise<void> => {
    return new Promise((resolve, reject) => {
      ends.push({ resolve, reject });
    });
  };
  return { ends, autosave: new Autosave(save, () => undefined) };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('letters typed in a row are one save', () => {
  const { ends, autosave } = slowSaves();
  for (let letter = 0; letter < 5; letter += 1) autosave.touch();
  vi.runAllTimers();
  expect(ends.length).toBe(1);
});

test('the page goes away in mid-word: the save has begun before anything is awaited', () => {
  const { ends, autosave } = slowSaves();
  autosave.touch();
  void autosave.flush();
  expect(ends.length).toBe(1);
  vi.runAllTimers();
  expect(ends.length).toBe(1);
});

test('nothing is called saved before the save has resolved', async () => {
  const { ends, autosave } = slowSaves();
  autosave.touch();
  const flushed = autosave.flush();
  expect(autosave.state.kind).toBe('saving');
  ends[0]?.resolve();
  await flushed;
  expect(autosave.state.kind).toBe('saved');
});

test('a full storage is told in the words of the error', async () => {
  const { ends, autosave } = slowSaves();
  autosave.touch();
  const flushed = autosave.flush();
  ends[0]?.reject(new Error('The storage is full.'));
  await flushed;
  expect(autosave.state).toEqual({ kind: 'failed', reason: 'The storage is full.' });
});

test('an older save that ends late does not call a newer one saved', async () => {
  const { ends, autosave } = slowSaves();
  autosave.touch();
  const first = autosave.flush();
  autosave.touch();
  const second = autosave.flush();
  ends[0]?.resolve();
  await first;
  expect(autosave.state.kind).toBe('saving');
  ends[1]?.resolve();
  await second;
  expect(autosave.state.kind).toBe('saved');
});

test('what was let go is not saved', () => {
  const { ends, autosave } = slowSaves();
  autosave.touch();
  autosave.cancel();
  vi.runAllTimers();
  expect(ends.length).toBe(0);
});

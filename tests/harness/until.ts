import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 40;

/**
 * Looks again and again until there is something to see.
 * @param look gives null, undefined or false as long as there is nothing; an error of its counts as nothing and is told at the deadline
 * @throws after `withinMs`, with what was awaited
 */
export async function until<T>(awaited: string, look: () => Promise<T | null | undefined | false> | T | null | undefined | false, withinMs = 15_000): Promise<T> {
  const deadlineMs = Date.now() + withinMs;
  let lastError: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== null && seen !== undefined && seen !== false) return seen;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > deadlineMs) throw new Error(`${awaited}: not within ${withinMs} ms`, lastError === undefined ? {} : { cause: lastError });
    await pause(LOOK_EVERY_MS);
  }
}

/** A promise and the function that keeps it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

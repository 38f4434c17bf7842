/**
 * The server's only timer, which a test may put its own in the place of.
 */

/** Calls `work` again and again, until what it returns is called. */
export type Every = (intervalMs: number, work: () => void) => () => void;

/** By the machine's clock. Keeps no process from ending. */
export const everyInterval: Every = (intervalMs, work) => {
  const timer = setInterval(work, intervalMs).unref();
  return () => clearInterval(timer);
};

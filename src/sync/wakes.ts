/**
 * When the engine gets to work, and that it does so once at a time.
 */

/** While one run is under way, all further calls share one run after it. */
export function oneAtATime(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const start = (): Promise<void> => {
    next = null;
    running = run().finally(() => {
      running = null;
    });
    return running;
  };
  return () => {
    if (running === null) return start();
    next ??= running.then(start, start);
    return next;
  };
}

/** Calls `onChance` when the browser comes online and when the page is looked at. @returns ends that */
export function watchForNetwork(onChance: () => void): () => void {
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') onChance();
  };
  window.addEventListener('online', onChance);
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    window.removeEventListener('online', onChance);
    document.removeEventListener('visibilitychange', onVisible);
  };
}

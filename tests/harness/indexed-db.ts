/**
 * The browser's databases, by the browser's own means.
 */
import type { Page } from 'playwright';

export interface InStore {
  readonly database: string;
  readonly store: string;
  readonly act: 'clear' | 'getAll' | 'put';
  /** To be put. */
  readonly value?: unknown;
}

/** Does one thing in a store. @returns what the request gives */
export function inStore(page: Page, wanted: InStore): Promise<unknown> {
  return page.evaluate(
    ({ database, store: name, act, value }) =>
      new Promise<unknown>((resolve, reject) => {
        const opening = indexedDB.open(database);
        opening.addEventListener('error', () => reject(new Error(`${database} cannot be opened.`)));
        opening.addEventListener('success', () => {
          const transaction = opening.result.transaction(name, 'readwrite');
          const store = transaction.objectStore(name);
          const request = act === 'put' ? store.put(value) : store[act]();
          transaction.addEventListener('abort', () => reject(new Error(`${name} does not take it.`)));
          transaction.addEventListener('complete', () => {
            opening.result.close();
            resolve(request.result);
          });
        });
      }),
    wanted,
  );
}

/**
 * Keeps everybody else waiting for a database, as a slow device does. The page stays where it is meanwhile.
 * @returns lets go of it
 */
export async function hold(page: Page, database: string): Promise<() => Promise<void>> {
  const held = await page.evaluateHandle(
    (name) =>
      new Promise<{ isLetGo: boolean }>((resolve, reject) => {
        const state = { isLetGo: false };
        const opening = indexedDB.open(name);
        opening.addEventListener('error', () => reject(new Error(`${name} cannot be opened.`)));
        opening.addEventListener('success', () => {
          const stores = [...opening.result.objectStoreNames];
          const store = opening.result.transaction(stores, 'readwrite').objectStore(stores[0] ?? '');
          // A transaction goes on for as long as something is asked in it.
          const goOn = (): void => {
            if (!state.isLetGo) store.count().addEventListener('success', goOn);
          };
          goOn();
          resolve(state);
        });
      }),
    database,
  );
  return () => held.evaluate((state) => void (state.isLetGo = true));
}

/**
 * The browser's storage as a whole.
 */

/** In UTF-16 code units, as browsers count localStorage: of all keys and values of this origin. */
export interface StorageUse {
  readonly usedUnits: number;
  readonly quotaUnits: number;
}

/** What Chromium, Firefox and Safari give each origin. */
const QUOTA_UNITS = 5_242_880;

export function storageUse(): StorageUse {
  const usedUnits = Object.entries(localStorage).reduce((sum, [key, text]) => sum + key.length + String(text).length, 0);
  return { usedUnits, quotaUnits: QUOTA_UNITS };
}

/** Asks the browser not to clear this site when space gets short. Resolves with whether it will not; null if it cannot be asked. */
export async function askToPersist(): Promise<boolean | null> {
  if (!('storage' in navigator) || !('persist' in navigator.storage)) return null;
  return (await navigator.storage.persisted()) || (await navigator.storage.persist());
}

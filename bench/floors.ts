/**
 * Measures what nothing can be faster than; see `floors/`.
 */
import type { Bundle } from './bundle.ts';
import type { PageFloor } from './floors/page.ts';
import { startPeer } from './peer.ts';
import { makeRows } from './rows.ts';
import { Device, type Stage } from './stage.ts';

export type FloorName = PageFloor | 'SQLite inserts, one transaction' | 'SQLite inserts, a transaction for each';

export interface MeasuredFloor {
  readonly name: FloorName;
  readonly n: number;
  readonly ms: number;
}

const FIRST: readonly PageFloor[] = ['IndexedDB, one transaction', 'IndexedDB, one transaction, relaxed', 'fetch of all, stored in SQLite', 'ten rows: one transaction, then a fetch', 'one row: one transaction, then a fetch', 'localStorage write'];
/** A transaction for each takes so long that larger numbers of rows would leave no time for anything else. */
const EACH_UP_TO = 1_000;

export async function tryFloors(stage: Stage, module: string, bundle: Bundle, n: number): Promise<MeasuredFloor[]> {
  const peer = await startPeer(module, bundle.folder);
  try {
    const rows = makeRows(n, peer.questionnaireId);
    const measured: MeasuredFloor[] = [];
    const device = await Device.open(stage, peer);
    const measure = async (name: PageFloor): Promise<void> => {
      const ms = await device.page.evaluate(([floor, all]) => window.measureFloor(floor, all), [name, rows] as const);
      measured.push({ name, n, ms });
    };
    for (const name of FIRST) await measure(name);
    if (n <= EACH_UP_TO) await measure('IndexedDB, a transaction for each');
    // As (e) finds the rows: written by a page that is gone.
    await device.reload();
    await measure('localStorage read and parse');
    await device.page.evaluate(() => localStorage.clear());
    await measure('fetch and localStorage');
    await device.close();
    measured.push({ name: 'SQLite inserts, one transaction', n, ms: await peer.inDriver(rows, true) });
    if (n <= EACH_UP_TO) measured.push({ name: 'SQLite inserts, a transaction for each', n, ms: await peer.inDriver(rows, false) });
    return measured;
  } finally {
    await peer.stop();
  }
}

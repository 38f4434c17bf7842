/**
 * What became of rows after something went wrong with them: they get the time and the care that they would have in the field.
 */
import type { Peer } from './peer.ts';
import { NOTHING, type Measured } from './results.ts';
import type { Device, Stage } from './stage.ts';

/** So long may a contender take until it says that the server has everything; twice, for then somebody loads the page anew. */
const SETTLED_WITHIN_MS = 10_000;

/** A contender's server, as a site of its own: cookies know no ports, and the browser would send those of one to all. */
export function ownSite(peer: Peer, port = new URL(peer.url).port): Peer {
  return { ...peer, url: `http://site-${port}.localhost:${port}/` };
}

/** What does not get to the end has lost all its rows. */
export async function orLost(stage: Stage, { contender, work, n }: Pick<Measured, 'contender' | 'work' | 'n'>, became: () => Promise<Partial<Measured>>): Promise<Measured> {
  try {
    return { ...NOTHING, work, n, contender, ...(await became()) };
  } catch (error) {
    if (!stage.isOpen()) throw error;
    console.error(`${contender}, (${work}) with ${n}:`, error);
    return { ...NOTHING, work, n, contender, lost: n };
  }
}

/** With a network that is well again: waits until the contender says that it is done; if it is not, the page is loaded anew, once. */
export async function settle(device: Device, peer: Peer, wanted: ReadonlySet<string>): Promise<Pick<Measured, 'lost' | 'doubled'>> {
  await device.fireSync();
  await device.syncs(SETTLED_WITHIN_MS);
  const first = await tally(peer, wanted);
  if (first.lost === 0) return first;
  await device.reload();
  await device.timed(['open']);
  await device.fireSync();
  await device.syncs(SETTLED_WITHIN_MS);
  return tally(peer, wanted);
}

/** Of these rows, how many the server has not, and how many it has more than once. */
async function tally(peer: Peer, wanted: ReadonlySet<string>): Promise<Pick<Measured, 'lost' | 'doubled'>> {
  const stored = (await peer.references()).filter((reference) => wanted.has(reference));
  const distinct = new Set(stored).size;
  return { lost: wanted.size - distinct, doubled: stored.length - distinct };
}

/**
 * Hints from the server while somebody looks at the page: one stream, so that the browser's few connections to an origin
 * stay free for the rest. A hint only makes happen sooner what the next wake does anyway, so nothing here says whether
 * there is a network.
 *
 * 1. The engine opens it after a pull that worked: the server is there and knows who is calling.
 * 2. A hint whose cursor is not the one held leads to a pull; hints that come meanwhile share the next one.
 * 3. A broken stream the browser opens anew by itself, at the pace that the server asked for. A refused one (signed out,
 *    too many, a proxy's error page) it gives up; then the engine is woken after a while, and opens it if a pull works.
 */
import { BASE_PATH, CHANGED_EVENT, Changed, decode, parseJson, type AuthorId, type Cursor, type DeviceId } from '../../protocol/index.ts';
import { oneAtATime } from './wakes.ts';

/** As long as the longest back-off: whatever refuses the stream is not soon over. */
const REFUSED_FOR_MS = 300_000;

export interface LivePorts {
  /** Whether the page pulls this collection and does not hold this very cursor. */
  readonly isNews: (collection: string, cursor: Cursor) => boolean;
  readonly pull: () => Promise<void>;
  readonly wake: () => void;
}

/** @param own names of the collections of which only the account's own records are pulled */
export function eventsUrl(account: AuthorId, device: DeviceId, own: readonly string[]): string {
  return `${BASE_PATH}/events?${new URLSearchParams({ account, device, own: own.join(',') })}`;
}

export class Live {
  readonly #ports: LivePorts;
  readonly #hints = new Map<string, Cursor>();
  #source: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #follow = oneAtATime(async () => {
    const hints = [...this.#hints];
    this.#hints.clear();
    if (hints.some(([collection, cursor]) => this.#ports.isNews(collection, cursor))) await this.#ports.pull();
  });
  readonly #close = (): void => {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  };
  readonly #closeIfHidden = (): void => {
    if (document.visibilityState === 'hidden') this.#close();
  };

  constructor(ports: LivePorts) {
    this.#ports = ports;
  }

  /** Listens from now on to the stream at this address, if somebody looks at the page and the browser can; does nothing if it listens already. */
  open(url: string): void {
    if (this.#source !== null || typeof EventSource === 'undefined') return;
    if (document.visibilityState === 'hidden' || !navigator.onLine) return;
    document.addEventListener('visibilitychange', this.#closeIfHidden);
    window.addEventListener('offline', this.#close);
    clearTimeout(this.#timer);
    const source = new EventSource(url);
    this.#source = source;
    source.addEventListener(CHANGED_EVENT, ({ data }: MessageEvent<unknown>) => this.#heard(data));
    source.addEventListener('error', () => {
      if (source !== this.#source || source.readyState !== EventSource.CLOSED) return;
      this.#source = null;
      this.#timer = setTimeout(this.#ports.wake, REFUSED_FOR_MS);
    });
  }

  stop(): void {
    this.#close();
    document.removeEventListener('visibilitychange', this.#closeIfHidden);
    window.removeEventListener('offline', this.#close);
  }

  #heard(data: unknown): void {
    const hint = decode(Changed, parseJson(String(data)));
    if (hint === null) return;
    this.#hints.set(hint.Collection, hint.Cursor);
    void this.#follow();
  }
}

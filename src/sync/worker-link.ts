/**
 * The page's side of the conversation with its worker. Without a worker everything here does nothing, and the page sends
 * by itself while it is open.
 */
import { WorkerMessage, decode, type AuthorId, type PageMessage } from '../../protocol/index.ts';

export class WorkerLink {
  readonly #account: AuthorId;
  readonly #container: ServiceWorkerContainer | undefined;
  readonly #listener: (event: MessageEvent) => void;

  constructor(account: AuthorId, onMessage: (message: WorkerMessage) => void) {
    this.#account = account;
    this.#container = 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;
    this.#listener = (event) => {
      const message = decode(WorkerMessage, event.data);
      if (message !== null) onMessage(message);
    };
    this.#container?.addEventListener('message', this.#listener);
    this.#container?.startMessages();
  }

  /** Asks for this account's receipts, and to send what is queued. */
  wake(): void {
    this.#post({ kind: 'wake', account: this.#account });
  }

  applied(keys: readonly number[]): void {
    this.#post({ kind: 'applied', keys: [...keys] });
  }

  stop(): void {
    this.#container?.removeEventListener('message', this.#listener);
  }

  #post(message: PageMessage): void {
    void this.#container?.ready.then((registration) => registration.active?.postMessage(message));
  }
}

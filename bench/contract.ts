/**
 * What every contender is asked to do, in the page and on its server.
 */
import type { PageFloor } from './floors/page.ts';
import type { Work } from './works.ts';

/** One response, about 350 bytes of JSON; the same rows for everybody. */
export interface Row {
  /** A UUID. */
  readonly id: string;
  readonly questionnaireId: string;
  readonly questionnaireVersion: number;
  readonly answers: {
    /** The row's `id` once more, which no server replaces: by this it is found again and counted. */
    readonly reference: string;
    readonly community: string;
    readonly households: number;
    readonly source: string;
    readonly remark: string;
  };
  readonly startedAt: string;
  readonly endedAt: string;
}

/**
 * What `page.ts` of a contender sets as `window.contender`, once its worker and its session are there if it has such:
 * nothing of that is measured.
 */
export interface Contender {
  /** Starts the library on what the device holds. Resolves with the list in memory. */
  open(): Promise<void>;
  /** Saves all at once, in the way that the library has for that. Resolves when a crash can no longer take any of them. */
  createAll(rows: readonly Row[]): Promise<void>;
  /** Saves each by itself, all begun in the same turn. Resolves when a crash can no longer take the last. */
  createEach(rows: readonly Row[]): Promise<void>;
  /** Resolves when the page knows that the server has acknowledged every local write. Called when the browser is online. */
  sync(): Promise<void>;
  /** Brings what the server has. Resolves when it can be used: in memory, and kept on the device if the library keeps it. */
  pull(): Promise<void>;
  /** Edits the answer `remark` of the rows with these `reference`s. Resolves when a crash can no longer take it. */
  change(references: readonly string[]): Promise<void>;
  /** How many rows are in memory. */
  list(): Promise<number>;
}

/** What `server.ts` of a contender starts: the contender's page and its data, stored as durably as its documentation advises. */
export interface BenchServer {
  /** Where the page is. Every server has a port of its own, so that every page is a device of its own. */
  readonly url: string;
  /** What rows must name as their questionnaire, where the server checks that. */
  readonly questionnaireId?: string;
  /** Stores these rows as if another device had sent them. */
  seed(rows: readonly Row[]): Promise<void>;
  /** The `reference` of every row that is stored, as often as it is stored. */
  references(): Promise<readonly string[]>;
  /** Edits the answer `remark` of these rows as if another device had sent that. */
  change(references: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * `server.ts` of a contender exports it.
 * @param folder is empty and for the data
 * @param appFolder has `index.html`, which loads `page.js`, and `worker.js` if the contender has a `worker.ts` or `.js`
 */
export type StartServer = (folder: string, appFolder: string) => Promise<BenchServer>;

/** What `about.ts` of a contender exports as `about`. */
export interface About {
  /** As it stands in tables. */
  readonly title: string;
  /** How it is set up, and which page of its documentation says so; a sentence or two. */
  readonly setUp: string;
  /** What it waits for before it calls a row saved. */
  readonly waitsFor: string;
  /** The floor that waits for the same. */
  readonly savedLike: PageFloor;
  /** What in these measurements is unfair to it, or to the others; a sentence each. */
  readonly unfair: readonly string[];
  /** The tag of its Background Sync, which the browser would fire the moment that it is online. */
  readonly syncTag?: string;
  /** Whether the page is bundled as Outpost's guide advises; else as Vite does it by itself. */
  readonly backboneAsShipped?: boolean;
  /** Works that it cannot do, with the reason. */
  readonly cannot?: Readonly<Partial<Record<Work, string>>>;
}

declare global {
  interface Window {
    contender?: Contender;
  }
}

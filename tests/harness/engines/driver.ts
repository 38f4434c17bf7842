/**
 * What the journeys need of a browser, whichever of the two W3C protocols it is driven by.
 */

/** One device of the W3C's actions and what it does; WebDriver and WebDriver BiDi write it alike. */
export interface InputActions {
  readonly type: 'pointer' | 'key';
  readonly id: string;
  readonly actions: readonly Readonly<Record<string, string | number>>[];
}

/** One open tab. */
export interface DrivenTab {
  /** Resolves when the page is loaded. @throws if there is none to load */
  goto(url: string): Promise<void>;
  /** As the reload button does it. */
  reload(): Promise<void>;
  /** @param source of a function from one text to a text, or to a promise of one; it runs in the page */
  call(source: string, argument: string): Promise<string>;
  /** Input as it comes from a hand: the page trusts it. */
  act(actions: readonly InputActions[]): Promise<void>;
  /** Nobody looks at it any more, as on a phone that was put away. */
  hide(): Promise<void>;
  show(): Promise<void>;
}

export interface DrivenBrowser {
  /** A tab in a window of its own, so that any number are looked at. */
  open(): Promise<DrivenTab>;
}

/** @returns path of an executable that `scripts/engines.mjs` has found and named in the environment */
export function pathOf(name: 'FIREFOX_PATH' | 'WEBKIT_DRIVER_PATH' | 'MINI_BROWSER_PATH' | 'XVFB_PATH'): string {
  const path = process.env[name];
  if (!path) throw new Error(`${name} is not set`);
  return path;
}

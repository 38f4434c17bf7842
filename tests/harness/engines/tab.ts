/**
 * A tab as a person uses it: what is to be seen is waited for, clicked and typed into where it stands.
 */
import * as v from 'valibot';
import { until } from '../until.ts';
import type { DrivenTab, InputActions } from './driver.ts';

/** What is looked for on the screen: a CSS selector, and a text that must be somewhere in it. */
export interface Seen {
  readonly css: string;
  readonly text?: string;
}

/** Longer than these browsers take on a machine that has other things to do. */
export const PATIENCE_MS = 60_000;

const Point = v.object({ x: v.number(), y: v.number() });
const Text = v.string();

export class Tab {
  readonly driven: DrivenTab;

  constructor(driven: DrivenTab) {
    this.driven = driven;
  }

  /** Runs a function in the page; its arguments and result travel as JSON. */
  async run<Args extends readonly unknown[]>(inPage: (...args: Args) => unknown, ...args: Args): Promise<unknown> {
    const result = await this.driven.call(`async (json) => JSON.stringify((await (${String(inPage)})(...JSON.parse(json))) ?? null)`, JSON.stringify(args));
    return v.parse(v.pipe(v.string(), v.parseJson()), result);
  }

  /** Waits until it is to be seen. @returns its text */
  see(css: string, text = ''): Promise<string> {
    return until(`${css} ${text}`, async () => v.parse(v.nullable(Text), await this.run(textOf, { css, text })), PATIENCE_MS);
  }

  async attribute(css: string, name: string): Promise<string | null> {
    return v.parse(v.nullable(Text), await this.run((selector, attribute) => document.querySelector(selector)?.getAttribute(attribute), css, name));
  }

  /** @returns what the field holds, once there is one */
  async valueOf(css: string): Promise<string> {
    await this.see(css);
    return v.parse(Text, await this.run(valueOf, css));
  }

  async address(): Promise<string> {
    return v.parse(Text, await this.run(() => location.href));
  }

  /** Clicks into its middle, once that is free and stands still. */
  async click(css: string, text = ''): Promise<void> {
    let last = '';
    const { x, y } = await until(`${css} ${text} to click`, async () => {
      const point = v.parse(v.nullable(Point), await this.run(middleOf, { css, text }));
      const before = last;
      last = JSON.stringify(point);
      return last === before && point;
    }, PATIENCE_MS);
    await this.driven.act([clickAt(x, y)]);
  }

  /** Types with the keyboard, in place of what the field held. */
  async type(css: string, text: string): Promise<void> {
    await this.click(css);
    await this.run(selectAll, css);
    await this.driven.act([keys(text)]);
  }

  /** Puts a value into a field whose keys depend on the language of the browser, as a date's do. */
  async put(css: string, value: string): Promise<void> {
    await this.see(css);
    await this.run(putValue, css, value);
  }
}

const clickAt = (x: number, y: number): InputActions => ({
  type: 'pointer',
  id: 'mouse',
  actions: [
    { type: 'pointerMove', x: Math.round(x), y: Math.round(y), origin: 'viewport', duration: 0 },
    { type: 'pointerDown', button: 0 },
    { type: 'pointerUp', button: 0 },
  ],
});

const keys = (text: string): InputActions => ({
  type: 'key',
  id: 'keyboard',
  actions: Array.from(text).flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]),
});

// What follows runs in the page, one function at a time: none can use another or anything from outside.

function textOf({ css, text = '' }: Seen): string | null {
  const found = [...document.querySelectorAll(css)].find((each) => each.getClientRects().length > 0 && each.textContent.includes(text));
  return found?.textContent ?? null;
}

function middleOf({ css, text = '' }: Seen): { x: number; y: number } | null {
  const found = [...document.querySelectorAll(css)].find((each) => each.getClientRects().length > 0 && each.textContent.includes(text));
  if (found === undefined) return null;
  found.scrollIntoView({ block: 'center', behavior: 'instant' });
  const box = found.getBoundingClientRect();
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const top = document.elementFromPoint(point.x, point.y);
  return top !== null && (found.contains(top) || top.contains(found)) ? point : null;
}

function valueOf(css: string): string {
  const field = document.querySelector(css);
  if (!(field instanceof HTMLInputElement)) throw new Error(`${css} is no field`);
  return field.value;
}

function selectAll(css: string): void {
  const field = document.querySelector(css);
  if (!(field instanceof HTMLInputElement)) throw new Error(`${css} is no field`);
  field.select();
}

function putValue(css: string, value: string): void {
  const field = document.querySelector(css);
  if (!(field instanceof HTMLInputElement)) throw new Error(`${css} is no field`);
  field.focus();
  field.value = value;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

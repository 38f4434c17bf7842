/**
 * What people, browsers and networks do in one history, as plain data, so that fast-check can make it from a seed, and
 * shorten one that breaks something.
 */
import fc from 'fast-check';
import type { Kind } from './browser.ts';
import type { Weather } from './wire.ts';

/** Numbers that choose a tab or a model count round: one that is too large begins anew. */
export type Step =
  | { readonly kind: 'open'; readonly device: number; readonly account: number }
  /** The app is opened, and a model that it shows at once is edited before the engine has started. */
  | { readonly kind: 'open-and-edit'; readonly device: number; readonly account: number; readonly model: number; readonly field: Field }
  | { readonly kind: 'close'; readonly tab: number }
  | { readonly kind: 'create'; readonly tab: number; readonly finished: boolean }
  | { readonly kind: 'edit'; readonly tab: number; readonly model: number; readonly field: Field }
  | { readonly kind: 'finish'; readonly tab: number; readonly model: number }
  | { readonly kind: 'destroy'; readonly tab: number; readonly model: number }
  | { readonly kind: 'decide'; readonly tab: number; readonly model: number; readonly choice: 'mine' | 'theirs' }
  | { readonly kind: 'look'; readonly device: number }
  /** Deaths come after so many further steps of whoever dies: between any two that leave something behind. */
  | { readonly kind: 'kill-tab'; readonly tab: number; readonly steps: number }
  | { readonly kind: 'kill-browser'; readonly device: number; readonly steps: number }
  | { readonly kind: 'kill-worker'; readonly device: number; readonly steps: number }
  | { readonly kind: 'weather'; readonly device: number; readonly weather: Weather }
  | { readonly kind: 'sign-in'; readonly device: number; readonly account: number | null };

export type Field = 'a' | 'b';

/** A step, and how long the world goes on before the next one. */
export interface Moment {
  readonly step: Step;
  readonly pauseMs: number;
}

export interface History {
  /** What chance decides beyond the steps: delays, faults of the wire, how much a crash undoes. */
  readonly chance: number;
  readonly kinds: readonly [Kind, Kind];
  /** How many UTF-16 units the localStorage of each takes: of a small one, a few responses. */
  readonly quotasUnits: readonly [number, number];
  readonly moments: readonly Moment[];
  /** Whether people decide the conflicts that are left at the end, and how. */
  readonly atEnd: 'mine' | 'theirs' | 'leave';
}

const small = fc.nat(5);
const device = fc.nat(1);
const account = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) });
const steps = fc.nat(40);

const weighted: readonly (readonly [number, fc.Arbitrary<Step>])[] = [
  [5, fc.record({ kind: fc.constant('open'), device, account })],
  [2, fc.record({ kind: fc.constant('open-and-edit'), device, account, model: small, field: fc.constantFrom('a', 'b') })],
  [2, fc.record({ kind: fc.constant('close'), tab: small })],
  [6, fc.record({ kind: fc.constant('create'), tab: small, finished: fc.boolean() })],
  [9, fc.record({ kind: fc.constant('edit'), tab: small, model: small, field: fc.constantFrom('a', 'b') })],
  [2, fc.record({ kind: fc.constant('finish'), tab: small, model: small })],
  [1, fc.record({ kind: fc.constant('destroy'), tab: small, model: small })],
  [2, fc.record({ kind: fc.constant('decide'), tab: small, model: small, choice: fc.constantFrom('mine', 'theirs') })],
  [2, fc.record({ kind: fc.constant('look'), device })],
  [1, fc.record({ kind: fc.constant('kill-tab'), tab: small, steps })],
  [3, fc.record({ kind: fc.constant('kill-browser'), device, steps })],
  [2, fc.record({ kind: fc.constant('kill-worker'), device, steps })],
  [4, fc.record({ kind: fc.constant('weather'), device, weather: fc.constantFrom('good', 'bad', 'off') })],
  [2, fc.record({ kind: fc.constant('sign-in'), device, account: fc.option(account, { nil: null }) })],
];

const step: fc.Arbitrary<Step> = fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));

const pauseMs = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.nat(30) },
  { weight: 3, arbitrary: fc.nat(1_000) },
  { weight: 2, arbitrary: fc.nat(60_000) },
  { weight: 1, arbitrary: fc.nat(4_000_000) },
);

const kind: fc.Arbitrary<Kind> = fc.constantFrom('background-sync', 'background-sync', 'worker', 'page-only');

const quotaUnits = fc.oneof({ weight: 5, arbitrary: fc.constant(Infinity) }, { weight: 1, arbitrary: fc.integer({ min: 300, max: 4_000 }) });

export const histories: fc.Arbitrary<History> = fc.record({
  chance: fc.noShrink(fc.integer()),
  kinds: fc.tuple(kind, kind),
  quotasUnits: fc.tuple(quotaUnits, quotaUnits),
  moments: fc.array(fc.record({ step, pauseMs }), { minLength: 4, maxLength: 40, size: 'max' }),
  atEnd: fc.constantFrom('mine', 'theirs', 'leave'),
});

/** One line for each moment, for people. */
export function described({ chance, kinds, quotasUnits, moments, atEnd }: History): string {
  const lines = moments.map(({ step: { kind: name, ...about }, pauseMs: pause }) => {
    const words = Object.entries(about).map(([key, value]) => `${key} ${String(value)}`);
    return `  ${[name, ...words].join(' ')}${pause > 0 ? `, then ${pause} ms` : ''}`;
  });
  return [`chance ${chance}, browsers ${kinds.join(' and ')} with ${quotasUnits.join(' and ')} units, conflicts at the end: ${atEnd}`, ...lines].join('\n');
}

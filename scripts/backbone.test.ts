/**
 * Backbone as the app ships it, beside Backbone as it comes.
 */
import { createRequire } from 'node:module';
import Backbone from 'backbone';
import * as v from 'valibot';
import { beforeAll, expect, it } from 'vitest';
import { build } from 'vite';
import { backboneAsShipped } from './backbone.ts';
import { ROOT } from './setup.mjs';

const Underscore = v.custom<(list: object) => object>((value) => typeof value === 'function');
const underscore = v.parse(Underscore, createRequire(createRequire(import.meta.url).resolve('backbone'))('underscore'));

let shipped: typeof Backbone;

beforeAll(async () => {
  const result = await build({
    ...backboneAsShipped,
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    build: { write: false, minify: false, rolldownOptions: { input: 'backbone', preserveEntrySignatures: 'strict' } },
  });
  const [chunk] = [result].flat().flatMap((each) => ('output' in each ? each.output : []));
  if (chunk?.type !== 'chunk') throw new Error('Backbone was not built.');
  const Module = v.object({ default: v.custom<typeof Backbone>((value) => typeof value === 'object') });
  shipped = v.parse(Module, await import(`data:text/javascript,${encodeURIComponent(chunk.code)}`)).default;
});

/** The names of everything that the value or its prototype has. */
const names = (value: object): string[] => {
  const all: string[] = [];
  for (const name in value) all.push(name);
  return all.toSorted();
};

it('has all that Backbone has: collections and models lend the same from underscore', () => {
  expect(names(shipped)).toEqual(names(Backbone));
  for (const name of ['Model', 'Collection', 'View', 'Router', 'History'] as const) {
    expect(names(shipped[name]), name).toEqual(names(Backbone[name]));
    expect(names(shipped[name].prototype), name).toEqual(names(Backbone[name].prototype));
  }
  const Class = v.custom<{ prototype: object }>((value) => typeof value === 'function');
  const heirOf = ({ Model }: typeof Backbone): object => v.parse(Class, Model.extend({ own: 1 })).prototype;
  expect(names(heirOf(shipped))).toEqual(names(heirOf(Backbone)));
});

it('lets everything follow a chain, but what makes nothing of a collection, an array or an object', () => {
  const chain: unknown = new shipped.Collection().chain();
  const here = new Set(names(v.parse(v.instance(Object), chain)));
  const leftOut = names(underscore([])).filter((name) => !here.has(name));
  expect(leftOut.filter((name) => !/^is[A-Z]/.test(name)).join(' ')).toBe(
    'after before bind bindAll compose constant debounce default delay identity memoize mixin negate noop now partial property propertyOf random range restArguments template throttle times toPath unescape wrap',
  );
});

const MODELS = [
  { id: 1, kind: 'well', at: { village: 'Mbale' }, depths: [3, 9, 3] },
  { id: 2, kind: 'pump', at: { village: 'Gulu' }, depths: [4] },
  { id: 3, kind: 'well', at: { village: 'Arua' }, depths: [] },
];

type Step = readonly [method: string, ...args: unknown[]];

/** What becomes of a collection that is asked one thing after the other. */
function asked(backbone: typeof Backbone, steps: readonly Step[]): string {
  let value: unknown = new backbone.Collection(MODELS);
  for (const [name, ...args] of steps) value = v.parse(v.function(), Reflect.get(Object(value), name)).apply(value, args);
  return JSON.stringify(value);
}

const QUESTIONS: readonly (readonly Step[])[] = [
  [['sortBy', 'kind']],
  [['countBy', 'kind']],
  [['find', { kind: 'pump' }]],
  [['partition', { kind: 'well' }]],
  [['max', ({ id }: Backbone.Model) => id]],
  [['invoke', 'get', 'kind']],
  [['chain'], ['pluck', 'attributes'], ['sortBy', ['at', 'village']], ['pluck', 'id'], ['value']],
  [['chain'], ['pluck', 'attributes'], ['invoke', ['depths', 'join'], '-'], ['value']],
  [['chain'], ['pluck', 'attributes'], ['pluck', 'depths'], ['flatten'], ['uniq'], ['without', 9], ['reverse'], ['push', 7], ['value']],
  [['at', 0], ['pick', 'id', 'kind']],
  [['at', 0], ['omit', 'at']],
  [['at', 0], ['chain'], ['pairs'], ['first', 2], ['value']],
  [['at', 0], ['escape', 'kind']],
  [['at', 0], ['set', { at: { village: 'Mbale' } }], ['hasChanged', 'at']],
  [['at', 0], ['matches', { kind: 'well' }]],
];

it.each(QUESTIONS.map((steps) => [steps.map(([name]) => name).join(', '), steps] as const))('answers the same: %s', (_names, steps) => {
  expect(asked(shipped, steps)).toBe(asked(Backbone, steps));
});

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.of(...values);
const passed = function passed(): unknown {
  return arguments;
};
const heir: unknown = Object.create({ lent: 1 });
const boxed: unknown = Object(1);

const VALUES: readonly (readonly unknown[])[] = [
  [undefined, null, 0, -0, Number.NaN, '', '1', 1, true, Symbol.iterator, boxed],
  [[], [1], {}, { 0: 1 }, { length: 0 }, { toString: 1 }, { valueOf: { at: [1] } }, heir, passed()],
  [new Date(0), new Date(1), /a/, /a/i, passed, async () => bytes(), new Map(), new Set()],
  [bytes(), bytes(1, 2), bytes(1, 2).buffer, new DataView(bytes(1, 2).buffer), new DataView(bytes(1, 2, 3).buffer, 1), Uint16Array.of(1, 2)],
];

/** What underscore makes of the values, each by itself and each beside every other. */
function judged(backbone: typeof Backbone): string {
  const model = new backbone.Model();
  const changed = (before: unknown, after: unknown): boolean => {
    model.set({ before }, { silent: true });
    return model.set({ before: after }).hasChanged('before');
  };
  const chained = (value: unknown): unknown => asked(backbone, [['chain'], ['map', () => value], ['flatten'], ['value']]);
  const all = VALUES.flat();
  const alone = all.map((value) => [changed(value, copied(value)), new backbone.Model({ value }).keys(), chained(value)]);
  return JSON.stringify([alone, all.map((before) => all.map((after) => changed(before, after)))]);
}

/** A copy, where there can be one. */
function copied(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return value;
  }
}

it('tells the same values apart', () => {
  expect(judged(shipped)).toBe(judged(Backbone));
});

const noted = (model: Backbone.Model, note: (line: unknown) => unknown): void => {
  model.on('all', (name: string) => note(name));
};

/** What makes a model of its own kind, and what it was made with. `note` is told what happens meanwhile. */
const KINDS: Readonly<Record<string, (note: (line: unknown) => void) => readonly [heirs: object, ...given: unknown[]]>> = {
  plain: () => [{}, { id: 7, kind: 'well', depths: [1] }],
  empty: () => [{}],
  'of nothing': () => [{}, null],
  'of a text': () => [{}, 'ab'],
  'of what it inherits': () => [{}, Object.assign(Object.create({ lent: 1 }), { kind: 'well' })],
  'with undefined': () => [{}, { kind: undefined }],
  'with defaults': () => [{ defaults: { kind: 'pump', depth: 3 } }, { kind: undefined, id: 1 }],
  'with defaults of their own': () => [{ defaults: () => ({ depths: [] }) }, { id: 1 }],
  'with another id': () => [{ idAttribute: 'key' }, { key: 4, id: 5 }],
  parsed: () => [{ parse: ({ kind }: { kind: string }) => ({ kind: kind.toUpperCase() }) }, { kind: 'well' }, { parse: true }],
  'that cannot be': (note) => [{ validate: (all: object) => (note(['validate', all]), 'no') }, { kind: 'well' }, { validate: true }],
  'that could not be': (note) => [{ validate: (all: object) => (note(['validate', all]), 'no') }, { kind: 'well' }],
  unset: () => [{}, { kind: 'well' }, { unset: true }],
  'that is listened to from the first moment': (note) => [{ preinitialize: function (this: Backbone.Model) { noted(this, note); } }, { id: 1, kind: 'well' }],
  'that sets in its own way': (note) => [{ set: function (this: Backbone.Model, ...given: unknown[]) { note(given); return this; } }, { id: 1, kind: 'well' }],
  'that tells in its own way': (note) => [{ trigger: (name: string) => note(name) }, { id: 1, kind: 'well' }],
  'that is asked for its id in its own way': () => [{ get: (name: string) => `own ${name}` }, { id: 1 }],
  'that begins by changing': (note) => [{ initialize: function (this: Backbone.Model) { noted(this, note); this.set({ kind: 'pump' }); } }, { id: 1, kind: 'well' }],
};

/** All that is to be seen of a new model, before and after a further change. */
function born(backbone: typeof Backbone, kind: string): string {
  const notes: unknown[] = [];
  const [heirs, ...given] = KINDS[kind]?.((line) => notes.push(line)) ?? [{}];
  const Class = v.parse(v.custom<new (...all: unknown[]) => Backbone.Model>((value) => typeof value === 'function'), backbone.Model.extend(heirs));
  const model = new Class(...given);
  const look = (): unknown[] => [model.attributes, model.id, model.changed, model.previousAttributes(), model.isNew(), model.validationError, names(model).filter((name) => name !== 'cid')];
  const first = JSON.stringify(look());
  noted(model, (name) => notes.push(name));
  model.set({ kind: 'tank', depth: 4 });
  return JSON.stringify([first, look(), notes, given]);
}

it.each(Object.keys(KINDS))('makes the same model: %s', (kind) => {
  expect(born(shipped, kind)).toBe(born(Backbone, kind));
});

it('a collection makes the same models, and tells the same of them', () => {
  const filled = (backbone: typeof Backbone): string => {
    const notes: unknown[] = [];
    const heir: unknown = backbone.Model.extend({ initialize: (_all: object, { add }: { add?: boolean }) => notes.push(add) });
    const model = v.parse(v.custom<typeof Backbone.Model>((value) => typeof value === 'function'), heir);
    const collection = new backbone.Collection([], { model });
    collection.on('all', (name: string, of: { readonly id?: unknown }) => notes.push([name, of.id]));
    const given = [...MODELS, { id: 2, kind: 'twice' }, new backbone.Model({ id: 4 }), { kind: 'new' }];
    collection.add(given);
    collection.set([{ id: 1, kind: 'tank' }, { id: 9 }]);
    const found = [1, '9', new backbone.Model({ id: 1 }), new backbone.Model({ id: 8 }), ''].map((one) => collection.get(one));
    return JSON.stringify([collection, notes, found, given.length]);
  };
  expect(filled(shipped)).toBe(filled(Backbone));
});

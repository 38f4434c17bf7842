/**
 * How Backbone and what belongs to it come into a bundle: as ES modules, so that the bundler can leave out what nobody
 * asks for.
 */
import type { Plugin, UserConfig } from 'vite';

/**
 * Of underscore: what Backbone and backbone.localstorage call, what collections and models lend from it, and whatever can
 * follow their `chain()`, so every function of collections, arrays and objects. What makes functions of functions, renders
 * templates and so on is left out; an app that wants such a thing imports it from `underscore/modules`.
 */
const FUNCTIONS = [
  // Collections
  'each, forEach, map, collect, reduce, foldl, inject, reduceRight, foldr, find, detect, filter, select, findWhere, where',
  'reject, every, all, some, any, contains, includes, include, invoke, pluck, max, min, sortBy, groupBy, indexBy, countBy',
  'shuffle, sample, toArray, size, partition',
  // Arrays
  'first, head, take, initial, last, rest, tail, drop, compact, flatten, without, uniq, unique, union, intersection',
  'difference, zip, unzip, transpose, object, chunk, indexOf, lastIndexOf, sortedIndex, findIndex, findLastIndex',
  // Objects
  'keys, allKeys, values, mapObject, pairs, invert, functions, methods, findKey, create, extend, extendOwn, assign, pick, omit',
  'defaults, clone, tap, has, get, matches, matcher, isMatch, isEqual, isEmpty, isArray, isObject, isFunction, isRegExp, isString, isUndefined',
  // Whatever else Backbone calls
  'chain, iteratee, result, escape, uniqueId, once, defer',
];

/** As its own entry does it: all of them hang on `_`, and a chain is given them and the methods of arrays. */
const UNDERSCORE = `
  import { ${FUNCTIONS.join(', ')}, mixin } from 'underscore/modules/index.js';
  import 'underscore/modules/underscore-array-methods.js';
  export { ${FUNCTIONS.join(', ')} };
  export default mixin({ ${FUNCTIONS.join(', ')} });
`;

/**
 * By name, modules of underscore without what they do for browsers that lack ES modules, and so would not get this far: what
 * it asks at its start is answered, and what it replaces is taken from the language.
 */
const OF_TODAY = new Map([
  [
    '_setup',
    `
    export const VERSION = '', root = globalThis;
    export const ArrayProto = Array.prototype, ObjProto = Object.prototype, SymbolProto = Symbol.prototype;
    export const push = ArrayProto.push, slice = ArrayProto.slice, toString = ObjProto.toString, hasOwnProperty = ObjProto.hasOwnProperty;
    export const _isNaN = isNaN, _isFinite = isFinite, MAX_ARRAY_INDEX = Number.MAX_SAFE_INTEGER;
    export const supportsArrayBuffer = true, supportsDataView = true, hasEnumBug = false, nonEnumerableProps = [];
    `,
  ],
  ['_stringTagBug', 'export const hasDataViewBug = false, isIE11 = false;'],
  ['_baseCreate', "import isObject from './isObject.js'; export default (value) => (isObject(value) ? Object.create(value) : {});"],
  ['isArguments', "import tagTester from './_tagTester.js'; export default tagTester('Arguments');"],
  ['isArray', 'export default Array.isArray;'],
  ['isFunction', "export default (value) => typeof value === 'function';"],
  ['isTypedArray', "import isDataView from './isDataView.js'; export default (value) => ArrayBuffer.isView(value) && !isDataView(value);"],
  ['keys', "import isObject from './isObject.js'; export default (value) => (isObject(value) ? Object.keys(value) : []);"],
]);

const asModules: Plugin = {
  name: 'backbone-as-modules',
  enforce: 'pre',
  resolveId: (id) => (id === 'underscore' ? '\0underscore' : null),
  load: (id) => (id === '\0underscore' ? UNDERSCORE : (OF_TODAY.get(/\/underscore\/modules\/(\w+)\.js$/.exec(id)?.[1] ?? '') ?? null)),
  transform(code, id) {
    if (id.endsWith('/backbone/backbone.js')) return { code: asModule(code), map: null };
    // Of underscore, these alone hang something on `_` when they are loaded.
    if (/\/underscore\/modules\/(?!underscore|toPath|iteratee|templateSettings)/.test(id)) return { code, map: null, moduleSideEffects: false };
    return null;
  },
};

/** Backbone's own lines, with imports and an export around them in place of what serves AMD, CommonJS and script tags. */
function asModule(code: string): string {
  const body = /\(function\(root, Backbone, _, \$\) \{(.*)return Backbone;\s*\}\);\s*$/s.exec(code)?.[1];
  if (body === undefined) throw new Error('Backbone is not wrapped as it was when this was written.');
  // Backbone works without jQuery.
  return `import _ from 'underscore'; const root = globalThis, Backbone = {}, $ = undefined; ${body} export default Backbone;`;
}

/** For the configuration of Vite. */
export const backboneAsShipped = {
  plugins: [asModules],
  resolve: {
    // Its sources instead of its build, which is for browsers of 2017 and evaluates a text that the Content-Security-Policy forbids.
    alias: { 'backbone.localstorage': 'backbone.localstorage/src/driver.js' },
    // The queue of workbox brings an older copy.
    dedupe: ['idb'],
  },
} satisfies UserConfig;

/**
 * How valibot comes into the page: it says whether something fits, and gives what it makes of it, but has no words for why
 * not. Nobody reads them there; the server, which has to explain what it refuses, has it whole.
 */
import type { Plugin } from 'vite';

/** In place of its functions of these names, which put the words together, and of what nobody sets or asks for. */
const WORDLESS = {
  _addIssue: `function _addIssue({ kind, type, message = type }, _label, dataset) {
    if (kind === 'schema') dataset.typed = false;
    (dataset.issues ??= []).push({ kind, type, message });
  }`,
  _stringify: 'function _stringify() {}',
  _joinExpects: 'function _joinExpects() {}',
  _subIssues: 'function _subIssues() {}',
  // For libraries that take schemas of any kind.
  _standardSchema: 'function _standardSchema(schema) { return schema; }',
  // Of the whole page, in whatever language.
  getGlobalConfig: 'function getGlobalConfig(config = {}) { return config; }',
};

/** For the configuration of Vite. */
export const valibotAsShipped: Plugin = {
  name: 'valibot-without-words',
  enforce: 'pre',
  transform: (code, id) => (id.endsWith('/valibot/dist/index.mjs') ? { code: withoutWords(code), map: null } : null),
};

/** Where in a value something does not fit: each schema of parts puts it in front of what its parts have said. */
const PATHS = /const pathItem = \{.*?\};|if \(issue\.path\) issue\.path\.unshift\(pathItem\);\s*else issue\.path = \[pathItem\];/gs;

function withoutWords(code: string): string {
  if (!PATHS.test(code)) throw new Error('valibot says no more where something does not fit as it did when this was written.');
  return Object.entries(WORDLESS).reduce((shorter, [name, wordless]) => {
    const whole = new RegExp(`^function ${name}\\(.*?^}$`, 'ms').exec(shorter)?.[0];
    if (whole === undefined) throw new Error(`valibot has no ${name} as it had when this was written.`);
    return shorter.replace(whole, () => wordless);
  }, code.replaceAll(PATHS, ''));
}

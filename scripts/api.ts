/**
 * The public API as its docstrings tell it: what each entry of the package exports, read from the sources by the parser of
 * the bundler. The sources name every type of what is public, so that no type checker is needed.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import * as v from 'valibot';
import { parseSync, type ESTree, type ParseResult } from 'vite';
import { ROOT } from './setup.mjs';

/** An exported thing. */
export interface Documented {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'type';
  /** Where it is declared, from the root. */
  readonly file: string;
  /** Its docstring without the stars; null if it has none. */
  readonly docs: string | null;
  /** Its declaration without bodies, with the docstrings of what is in it. */
  readonly code: string;
  /** Public members of a class that have no docstring. */
  readonly undocumented: readonly string[];
}

export interface Entry {
  /** As it is imported: `outpost/sync`. */
  readonly name: string;
  readonly items: readonly Documented[];
}

const Manifest = v.object({ name: v.string(), exports: v.record(v.string(), v.string()) });

/**
 * The entries of the package, each with what it exports but for what is `@internal`, in the order of the sources.
 * @throws if something is exported that this does not know how to document
 */
export function readApi(): Entry[] {
  const { name, exports } = v.parse(Manifest, JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  return Object.entries(exports).map(([path, file]) => ({ name: name + path.slice(1), items: exportsOf(normalize(file)) }));
}

function exportsOf(file: string): Documented[] {
  const source = new Source(file);
  const exported = source.parsed.module.staticExports.flatMap(({ entries }) => entries);
  return exported.flatMap(({ exportName, importName, moduleRequest }) => {
    const name = importName.name ?? exportName.name;
    if (name === null) throw new Error(`${file} exports something without a name, which cannot be documented.`);
    const found = moduleRequest === null ? source.documented(name) : new Source(join(dirname(file), moduleRequest.value)).documented(name);
    return found === null ? [] : [found];
  });
}

/** One file and what it declares. */
class Source {
  readonly parsed: ParseResult;
  readonly #file: string;
  readonly #text: string;

  constructor(file: string) {
    this.#file = file;
    this.#text = readFileSync(join(ROOT, file), 'utf8');
    this.parsed = parseSync(file, this.#text);
  }

  /** @returns null for what is `@internal` */
  documented(name: string): Documented | null {
    for (const statement of this.parsed.program.body) {
      if (statement.type !== 'ExportNamedDeclaration' || statement.declaration === null) continue;
      const { declaration } = statement;
      if (!('id' in declaration) || declaration.id === null || !('name' in declaration.id) || declaration.id.name !== name) continue;
      const docs = this.#docsBefore(statement.start);
      if (isInternal(docs)) return null;
      const members = declaration.type === 'ClassDeclaration' ? this.#members(declaration.body.body) : [];
      const undocumented = members.flatMap(({ key, docs: own }) => (own === null ? [`${name}.${key}`] : []));
      const code = this.#code(declaration, members).replace(/^async /, '');
      return { name, kind: kindOf(declaration), file: this.#file, docs: docs === null ? null : plain(docs), code, undocumented };
    }
    throw new Error(`${this.#file} declares no ${name} that could be documented.`);
  }

  #code(declaration: ESTree.Declaration, members: readonly Member[]): string {
    const { type, start, end } = declaration;
    if (type === 'TSInterfaceDeclaration' || type === 'TSTypeAliasDeclaration') return this.#between(start, end);
    if (type === 'FunctionDeclaration') return `${this.#between(start, declaration.body?.start ?? end).trim()};`;
    if (type !== 'ClassDeclaration') throw new Error(`${this.#file} exports a ${type}, of which it is not known how to document it.`);
    const head = this.#between(start, declaration.body.start).trim();
    const body = members.map(({ docs, code }) => `${docs === null ? '' : `  ${docs}\n`}  ${code}`).join('\n\n');
    return members.length === 0 ? `${head} {}` : `${head} {\n${body}\n}`;
  }

  /** The public ones; a class is made by the function that returns it. */
  #members(members: readonly ESTree.ClassElement[]): Member[] {
    return members.flatMap((member): Member[] => {
      if (member.type !== 'MethodDefinition' && member.type !== 'PropertyDefinition') return [];
      if (member.key.type !== 'Identifier' || member.accessibility === 'private' || member.override) return [];
      const isConstructor = member.type === 'MethodDefinition' && member.kind === 'constructor';
      const docs = this.#docsBefore(member.start);
      if (isConstructor || isInternal(docs)) return [];
      const code = this.#between(member.start, endOfSignature(member)).trim().replace(/^async /, '');
      return [{ key: member.key.name, docs, code: `${code};` }];
    });
  }

  /** The docstring that ends where nothing but space is left before `start`, with its stars. */
  #docsBefore(start: number): string | null {
    const comment = this.parsed.comments.findLast(({ end }) => end <= start);
    if (comment === undefined || comment.type !== 'Block' || !comment.value.startsWith('*')) return null;
    return this.#between(comment.end, start).trim() === '' ? this.#between(comment.start, comment.end) : null;
  }

  #between(start: number, end: number): string {
    return this.#text.slice(start, end);
  }
}

interface Member {
  readonly key: string;
  readonly docs: string | null;
  readonly code: string;
}

function kindOf({ type }: ESTree.Declaration): Documented['kind'] {
  if (type === 'FunctionDeclaration') return 'function';
  return type === 'ClassDeclaration' ? 'class' : 'type';
}

const isInternal = (docs: string | null): boolean => docs?.includes('@internal') === true;

function endOfSignature(member: ESTree.MethodDefinition | ESTree.PropertyDefinition): number {
  if ('kind' in member) return member.value.body?.start ?? member.end;
  return member.typeAnnotation?.end ?? member.value?.start ?? member.end;
}

/** A docstring as text. */
function plain(docs: string): string {
  const lines = docs.slice('/**'.length, -'*/'.length).split('\n');
  return lines.map((line) => line.replace(/^\s*\* ?/, '').trimEnd()).join('\n').trim();
}

const KINDS: readonly Documented['kind'][] = ['function', 'class', 'type'];

/** What `docs/api.md` says. */
export function apiPage(entries: readonly Entry[]): string {
  const intro = '# API\n\nWritten by `npm run docs` from the docstrings in the sources. [Make your Backbone app work offline](offline-backbone.md) tells how it all goes together.';
  return `${[intro, ...entries.map(entrySection)].join('\n\n')}\n`;
}

function entrySection({ name, items }: Entry): string {
  const inOrder = items.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  const contents = inOrder.map((item) => `[${item.name}](#${item.name.toLowerCase()})`).join(' · ');
  return [`## ${name}`, contents, ...inOrder.map(itemSection)].join('\n\n');
}

function itemSection({ name, file, docs, code }: Documented): string {
  const told = docs === null ? [] : [asMarkdown(docs)];
  return [`### ${name}`, ...told, `\`\`\`ts\n${code}\n\`\`\``, `<sub>[${file}](../${file})</sub>`].join('\n\n');
}

/** Tags become lines that read as sentences. */
function asMarkdown(docs: string): string {
  return docs
    .replaceAll(/^@param (\w+) /gm, '\n- `$1`: ')
    .replaceAll(/^@returns /gm, '\n- Returns ')
    .replaceAll(/^@throws /gm, '\n- Throws ')
    .trim();
}

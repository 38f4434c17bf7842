/**
 * regex(): JavaScript's regular expressions (with the flag u), matched in linear time.
 *
 * The server matches patterns that any owner may write, and a backtracking engine can be kept busy for years by thirty
 * characters: `(a+)+b`. So a pattern becomes a set of states that are all followed at once, one step a character, and what needs
 * backtracking (look-around, references back, word boundaries) is refused. The engine's own RegExp only ever sees single
 * characters: it says whether one belongs to `[a-z]` or `\p{L}`.
 */
import { MAX_PATTERN_STATES } from '../limits.ts';
import { ExpressionError } from './expression-error.ts';

type State =
  | { readonly kind: 'accept' }
  | { readonly kind: 'character'; readonly allowed: RegExp; readonly next: State }
  | { readonly kind: 'edge'; readonly edge: '^' | '$'; readonly next: State }
  | { readonly kind: 'fork'; readonly branches: State[] };

/** A compiled pattern. `size` is its number of states. */
export interface Pattern {
  readonly source: string;
  readonly size: number;
  readonly start: State;
}

/** Builds a part of a pattern so that it goes on to `next`. Built backwards, no state has to be patched afterwards. */
type Part = (next: State, count: () => void) => State;

/** Throws ExpressionError for what is no pattern, or none that can be matched in linear time. */
export function compilePattern(source: string): Pattern {
  const part = new PatternReader(wellFormed(source)).alternatives();
  let size = 0;
  const start = part({ kind: 'accept' }, () => {
    size += 1;
    if (size > MAX_PATTERN_STATES) {
      throw new ExpressionError(`The pattern of regex() is too large: with its repetitions written out it may have ${MAX_PATTERN_STATES} parts.`);
    }
  });
  return { source, size, start };
}

/** The pattern as the engine writes it, which has checked its syntax. */
function wellFormed(source: string): string {
  try {
    return new RegExp(source, 'u').source;
  } catch (error) {
    const reason = error instanceof Error ? ` ${error.message}` : '';
    throw new ExpressionError(`The pattern of regex() cannot be used.${reason}`);
  }
}

/** True if the pattern matches the text from its first character to its last: `^` and `$` around it change nothing. */
export function matches(pattern: Pattern, text: string): boolean {
  const characters = Array.from(text);
  let reached = new Set<State>();
  reach(pattern.start, reached, true, characters.length === 0);
  for (const [index, character] of characters.entries()) {
    const following = new Set<State>();
    for (const state of reached) {
      if (state.kind === 'character' && state.allowed.test(character)) {
        reach(state.next, following, false, index === characters.length - 1);
      }
    }
    if (following.size === 0) return false;
    reached = following;
  }
  return [...reached].some((state) => state.kind === 'accept');
}

/** Adds the state and all that follow it without a character. */
function reach(state: State, reached: Set<State>, atStart: boolean, atEnd: boolean): void {
  if (reached.has(state)) return;
  reached.add(state);
  if (state.kind === 'fork') for (const branch of state.branches) reach(branch, reached, atStart, atEnd);
  if (state.kind === 'edge' && (state.edge === '^' ? atStart : atEnd)) reach(state.next, reached, atStart, atEnd);
}

const GROUP = /\((?:\?:|\?<[^=!>][^>]*>)?(?!\?)/y;
const QUANTIFIER = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;
const UNSUPPORTED = /\\[1-9kbB]/y;
const CHARACTER = /\[(?:\\.|[^\]\\])*\]|\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u\{[^}]*\}|u....|x..|c.|[pP]\{[^}]*\}|.)|[^)|]/suy;

/** Reads the structure of a pattern that the engine has found well-formed. */
class PatternReader {
  readonly #source: string;
  #position = 0;

  constructor(source: string) {
    this.#source = source;
  }

  alternatives(): Part {
    const options = [this.#sequence()];
    while (this.#take(/\|/y)) options.push(this.#sequence());
    const [only] = options;
    if (options.length === 1 && only !== undefined) return only;
    return (next, count) => {
      count();
      return { kind: 'fork', branches: options.map((option) => option(next, count)) };
    };
  }

  #sequence(): Part {
    const parts: Part[] = [];
    for (let part = this.#atom(); part !== null; part = this.#atom()) parts.push(this.#repeated(part));
    return (next, count) => parts.reduceRight((following, part) => part(following, count), next);
  }

  #atom(): Part | null {
    const edge = this.#take(/[$^]/y)?.[0];
    if (edge === '^' || edge === '$') return counted((next) => ({ kind: 'edge', edge, next }));
    if (this.#take(GROUP)) {
      const inner = this.alternatives();
      this.#take(/\)/y);
      return inner;
    }
    if (this.#take(UNSUPPORTED) || this.#take(/\(/y)) {
      throw new ExpressionError('The pattern of regex() may not look around (?=…), refer back \\1 or ask for word boundaries \\b.');
    }
    const character = this.#take(CHARACTER)?.[0];
    if (character === undefined) return null;
    const allowed = new RegExp(`^${character}$`, 'u');
    return counted((next) => ({ kind: 'character', allowed, next }));
  }

  #repeated(part: Part): Part {
    const found = this.#take(QUANTIFIER);
    if (!found) return part;
    const [, symbol, least, comma, most] = found;
    if (symbol === '*') return repeat(part, 0, Infinity);
    if (symbol === '+') return repeat(part, 1, Infinity);
    if (symbol === '?') return repeat(part, 0, 1);
    const atMost = comma === '' ? Number(least) : most === '' ? Infinity : Number(most);
    return repeat(part, Number(least), atMost);
  }

  #take(what: RegExp): RegExpExecArray | null {
    what.lastIndex = this.#position;
    const found = what.exec(this.#source);
    if (found) this.#position = what.lastIndex;
    return found;
  }
}

function counted(build: (next: State) => State): Part {
  return (next, count) => {
    count();
    return build(next);
  };
}

/** Writes the repetitions out. An empty part adds nothing however often it comes, which ends `(){999999999}` at once. */
function repeat(part: Part, least: number, most: number): Part {
  return (next, count) => {
    let following = next;
    if (most === Infinity) {
      count();
      const branches = [next];
      following = { kind: 'fork', branches };
      branches.push(part(following, count));
    } else {
      for (let optional = least; optional < most; optional += 1) {
        const longer = part(following, count);
        if (longer === following) break;
        count();
        following = { kind: 'fork', branches: [next, longer] };
      }
    }
    for (let needed = 0; needed < least; needed += 1) {
      const longer = part(following, count);
      if (longer === following) break;
      following = longer;
    }
    return following;
  };
}

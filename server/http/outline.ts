/**
 * How deep and how large a JSON text is, told from its bytes before anything is made of them: five megabytes of brackets
 * cost a parser, and whoever walks what it made, a hundred times what they cost here.
 */

/** Deeper than any questionnaire. */
export const MAX_DEPTH = 32;
/** Objects, arrays and what is in them. Ten bytes for each value fill a request, and real ones are longer. */
export const MAX_VALUES = 500_000;

export type Outline = 'fine' | 'too deep' | 'too many values';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** Says nothing of whether it is JSON at all: the parser does that. */
export function outlineOf(json: Uint8Array): Outline {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = endOfString(json, at);
    } else if (byte === COMMA) {
      values += 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      values += 1;
      if (depth > MAX_DEPTH) return 'too deep';
    } else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1;
    }
  }
  return values > MAX_VALUES ? 'too many values' : 'fine';
}

/** Where its closing quote stands; the end of the text if there is none. */
function endOfString(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}

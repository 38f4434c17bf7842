/**
 * A mistake in an expression, in a sentence for its author. Thrown inside this folder, where a parser's many small functions
 * would otherwise each pass it on; `program.ts` catches it and returns it as an ordinary error with its path.
 */
export class ExpressionError extends Error {}

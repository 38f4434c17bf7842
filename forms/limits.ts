/**
 * How large things may be. They keep an old phone quick, and a server safe from a questionnaire that was made to keep it busy.
 */

export const MAX_QUESTIONS = 1_000;
/** Choices of one question. */
export const MAX_CHOICES = 1_000;
export const MAX_LANGUAGES = 20;
/** Characters of a title, a label, a hint, a message or a choice's column. */
export const MAX_WORDING_LENGTH = 5_000;
/** Characters of a text answer, and of any text that an expression makes. */
export const MAX_TEXT_LENGTH = 10_000;
/** Characters of one expression. */
export const MAX_EXPRESSION_LENGTH = 1_000;
/** Parentheses, calls and minus signs inside each other. */
export const MAX_EXPRESSION_DEPTH = 100;
/** States of one regex() pattern with its repetitions written out: `[0-9]{10}` has 10. */
export const MAX_PATTERN_STATES = 500;
/** States of all patterns of a questionnaire. Matching takes at most this many steps for each character of an answer. */
export const MAX_ALL_PATTERN_STATES = 10_000;
/** Errors that are listed: one for each question. */
export const MAX_ERRORS = 1_000;

/**
 * The questionnaire language: what a questionnaire file holds, in the words of XLSForm.
 *
 * `label`, `hint` and the messages are in the first of `languages`; `label::fr` is the same in French. Expressions are texts
 * such as `${age} >= 18 and selected(${treatment}, 'boil')`; `expression/functions.ts` lists the functions.
 */

/**
 * An answer. Null is no answer, and so are an empty text and an empty list. A date is 'YYYY-MM-DD', a select_one the name of a
 * choice, a select_multiple the names of several.
 */
export type AnswerValue = string | number | readonly string[] | null;
/** Answers by the name of their question. */
export type Answers = Readonly<Record<string, AnswerValue>>;

/** A broken rule: where, as in 'questions[3].constraint' or 'answers.age' ('' is the whole), and a sentence for people. */
export interface FormError {
  readonly path: string;
  readonly message: string;
}

/** Wording in other languages: `label::fr`, `constraint_message::sw`. */
export interface Translated {
  readonly [translation: `${string}::${string}`]: string;
}

interface Named {
  /** Letters, digits, _ and -, beginning with a letter; unique. Answers and expressions go by it. */
  readonly name: string;
  /** The question is only there while this is true. */
  readonly relevant?: string;
}

interface Shown extends Named, Translated {
  readonly label: string;
  readonly hint?: string;
}

interface Asked extends Shown {
  readonly required?: boolean | string;
  readonly required_message?: string;
  /** Must be true for an answer, which it calls `.`; not asked where there is none. */
  readonly constraint?: string;
  readonly constraint_message?: string;
}

/** What can be chosen. Further columns are for choice_filter, which calls them by their bare names. */
export interface Choice extends Translated {
  readonly name: string;
  readonly label: string;
  readonly [column: string]: string | number;
}

interface Selecting extends Asked {
  readonly choices: readonly Choice[];
  /** Leaves the choices for which it is true. */
  readonly choice_filter?: string;
}

/** A question with an answer of its own; `default` is its answer until the person gives or clears one. */
export type AskedQuestion =
  | (Asked & { readonly type: 'text'; readonly default?: string })
  | (Asked & { readonly type: 'integer'; readonly default?: number })
  | (Asked & { readonly type: 'decimal'; readonly default?: number })
  | (Asked & { readonly type: 'date'; readonly default?: string })
  | SelectQuestion;

export type SelectQuestion =
  | (Selecting & { readonly type: 'select_one'; readonly default?: string })
  | (Selecting & { readonly type: 'select_multiple'; readonly default?: readonly string[] });

/** Something to read. */
export type NoteQuestion = Shown & { readonly type: 'note' };

/** An answer that is worked out and not shown: a number, a text, a date, or 'true' and 'false'. */
export type CalculateQuestion = Named & { readonly type: 'calculate'; readonly calculation: string };

export type Question = AskedQuestion | NoteQuestion | CalculateQuestion;
export type QuestionType = Question['type'];

declare const checked: unique symbol;

/** A questionnaire that has passed parseQuestionnaire, which alone makes one. Plain JSON; do not change it, parse it anew. */
export interface Questionnaire extends Translated {
  readonly [checked]: true;
  readonly title: string;
  /** Language tags, 'en' or 'pt-BR'; the first is the language of the words without a tag. */
  readonly languages: readonly string[];
  readonly questions: readonly Question[];
  readonly published?: boolean;
}

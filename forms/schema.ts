/**
 * Reads a questionnaire from whatever somebody sent. Written out rather than given to a schema library: the words depend on the
 * question's type and on the languages, and each error should name its exact place in a plain sentence.
 */
import { isAnswer } from './answer.ts';
import { ErrorList } from './error-list.ts';
import { MAX_CHOICES, MAX_LANGUAGES, MAX_QUESTIONS, MAX_WORDING_LENGTH } from './limits.ts';
import { compile } from './program.ts';
import type { FormError, Questionnaire, QuestionType } from './questionnaire.ts';

export type ParseResult =
  | { readonly ok: true; readonly questionnaire: Questionnaire }
  | { readonly ok: false; readonly errors: FormError[] };

type JsonObject = Readonly<Record<string, unknown>>;

/** What a record carries besides the questionnaire; passed over, whatever it is. */
const BOOKKEEPING: ReadonlySet<string> = new Set(['id', 'Id', 'version', 'synchronized', 'outpost']);
const QUESTIONNAIRE_WORDS = ['title', 'languages', 'questions', 'published'];

const NAMED = ['name', 'type', 'relevant'];
const SHOWN = [...NAMED, 'label', 'hint'];
const ASKED = [...SHOWN, 'required', 'required_message', 'constraint', 'constraint_message', 'default'];
const SELECTING = [...ASKED, 'choices', 'choice_filter'];

const WORDS: Readonly<Record<QuestionType, readonly string[]>> = {
  text: ASKED,
  integer: ASKED,
  decimal: ASKED,
  date: ASKED,
  select_one: SELECTING,
  select_multiple: SELECTING,
  note: SHOWN,
  calculate: [...NAMED, 'calculation'],
};
const NEEDED = ['name', 'label', 'choices', 'calculation'];
const TRANSLATABLE = ['title', 'label', 'hint', 'required_message', 'constraint_message'];

const NAME = /^[A-Za-z][\w-]{0,63}$/;
const CHOICE_NAME = /^\S{1,100}$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/**
 * Checks shape, names, references and expressions. The questionnaire it gives is a copy. Never throws; errors are in the order
 * of the file, those of expressions only once everything else is right.
 */
export function parseQuestionnaire(input: unknown): ParseResult {
  const found = new ErrorList();
  const { errors } = found;
  if (!isJsonObject(input)) return { ok: false, errors: [{ path: '', message: 'A questionnaire is an object with a title, languages and questions.' }] };
  checkQuestionnaire(input, found);
  const questionnaire = found.count === 0 ? copyOf(input) : null;
  if (!isSound(questionnaire, found)) return { ok: false, errors };
  checkDefaults(questionnaire, found);
  compile(questionnaire, found);
  return errors.length > 0 ? { ok: false, errors } : { ok: true, questionnaire };
}

/** Everything in it has been looked at, so JSON carries it whole. */
function copyOf(input: JsonObject): unknown {
  const own = Object.entries(input).filter(([word]) => !BOOKKEEPING.has(word));
  const copy: unknown = JSON.parse(JSON.stringify(Object.fromEntries(own)));
  return copy;
}

/** Everything in it has been looked at; where nothing was found wrong, it is what it should be. */
function isSound(_: unknown, found: ErrorList): _ is Questionnaire {
  return found.count === 0;
}

function checkQuestionnaire(input: JsonObject, found: ErrorList): void {
  const languages = checkLanguages(input['languages'], found);
  const checker = new Checker(found, languages);
  for (const [word, value] of Object.entries(input)) {
    if (BOOKKEEPING.has(word) || word === 'languages') continue;
    if (!checker.knows(word, QUESTIONNAIRE_WORDS)) found.add(word, `A questionnaire has no “${shorten(word)}”.`);
    else if (word === 'questions') checkQuestions(value, checker);
    else if (word === 'published') checker.boolean(word, value);
    else checker.wording(word, value);
  }
  for (const word of ['title', 'questions']) if (!Object.hasOwn(input, word)) found.add(word, `A questionnaire needs its ${word}.`);
}

function checkLanguages(value: unknown, found: ErrorList): readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_LANGUAGES) {
    found.add('languages', `The languages are a list of 1 to ${MAX_LANGUAGES} language tags: ["en", "fr"].`);
    return [];
  }
  const languages: string[] = [];
  for (const [index, language] of value.entries()) {
    const path = `languages[${index}]`;
    if (typeof language !== 'string' || !LANGUAGE.test(language)) found.add(path, 'A language is a tag such as “en”, “fr” or “pt-BR”.');
    else if (languages.includes(language)) found.add(path, `The language “${language}” is listed twice.`);
    else languages.push(language);
  }
  return languages;
}

function checkQuestions(value: unknown, checker: Checker): void {
  if (!checker.list('questions', value, MAX_QUESTIONS, 'questions')) return;
  const names = new Set<string>();
  for (const [index, question] of value.entries()) {
    const path = `questions[${index}]`;
    if (isJsonObject(question)) checkQuestion(question, path, names, checker);
    else checker.found.add(path, 'A question is an object with a name, a type and a label.');
  }
}

function checkQuestion(question: JsonObject, path: string, names: Set<string>, checker: Checker): void {
  const { found } = checker;
  const { type } = question;
  if (!isQuestionType(type)) {
    found.add(`${path}.type`, `The type is one of ${Object.keys(WORDS).join(', ')}.`);
    return;
  }
  for (const [word, value] of Object.entries(question)) {
    const place = `${path}.${word}`;
    if (!checker.knows(word, WORDS[type])) found.add(place, `A question of type ${type} has no “${shorten(word)}”.`);
    else if (word === 'name') checker.name(place, value, names);
    else if (word === 'choices') checkChoices(value, place, checker);
    else if (word === 'required' && typeof value === 'boolean') continue;
    else if (word !== 'type' && word !== 'default') checker.wording(place, value);
  }
  for (const word of NEEDED) {
    if (WORDS[type].includes(word) && !Object.hasOwn(question, word)) found.add(`${path}.${word}`, `A question of type ${type} needs its ${word}.`);
  }
}

function checkDefaults({ questions }: Questionnaire, found: ErrorList): void {
  for (const [index, question] of questions.entries()) {
    if (question.type === 'note' || question.type === 'calculate' || !Object.hasOwn(question, 'default')) continue;
    const choices = new Set('choices' in question ? question.choices.map(({ name }) => name) : []);
    if (!isAnswer(question, question.default, choices)) {
      found.add(`questions[${index}].default`, `This is no answer to a question of type ${question.type}.`);
    }
  }
}

function checkChoices(value: unknown, path: string, checker: Checker): void {
  if (!checker.list(path, value, MAX_CHOICES, 'choices')) return;
  const names = new Set<string>();
  for (const [index, choice] of value.entries()) {
    const place = `${path}[${index}]`;
    if (isJsonObject(choice)) checkChoice(choice, place, names, checker);
    else checker.found.add(place, 'A choice is an object with a name and a label.');
  }
}

function checkChoice(choice: JsonObject, path: string, names: Set<string>, checker: Checker): void {
  const { found } = checker;
  for (const word of ['name', 'label']) if (!Object.hasOwn(choice, word)) found.add(`${path}.${word}`, `A choice needs its ${word}.`);
  for (const [word, value] of Object.entries(choice)) {
    const place = `${path}.${word}`;
    if (word === 'name') checker.choiceName(place, value, names);
    else if (checker.knows(word, ['label'])) checker.wording(place, value);
    else if (!NAME.test(word)) found.add(place, `“${shorten(word)}” cannot be the name of a column.`);
    else if (!Number.isFinite(value)) checker.wording(place, value);
  }
}

/** The checks that look alike everywhere. Each adds what is wrong. */
class Checker {
  readonly found: ErrorList;
  readonly #languages: readonly string[];

  constructor(found: ErrorList, languages: readonly string[]) {
    this.found = found;
    this.#languages = languages;
  }

  /** Is this one of the words, or one of them in another language of the questionnaire? */
  knows(word: string, words: readonly string[]): boolean {
    const [base = '', language, ...more] = word.split('::');
    if (!words.includes(base)) return false;
    if (language === undefined) return true;
    return TRANSLATABLE.includes(base) && more.length === 0 && this.#languages.indexOf(language) > 0;
  }

  boolean(path: string, value: unknown): void {
    if (typeof value !== 'boolean') this.found.add(path, 'This is true or false.');
  }

  wording(path: string, value: unknown): void {
    if (typeof value !== 'string') this.found.add(path, 'This is a text in quotes.');
    else if (value.trim() === '') this.found.add(path, 'This must not be empty. Leave it out if it is not needed.');
    else if (value.length > MAX_WORDING_LENGTH) this.found.add(path, `This may have ${MAX_WORDING_LENGTH} characters.`);
  }

  list(path: string, value: unknown, most: number, what: string): value is unknown[] {
    if (Array.isArray(value) && value.length > 0 && value.length <= most) return true;
    this.found.add(path, `This is a list of 1 to ${most} ${what}.`);
    return false;
  }

  name(path: string, value: unknown, taken: Set<string>): void {
    if (typeof value === 'string' && NAME.test(value)) this.#unique(path, value, taken);
    else this.found.add(path, 'A name has 1 to 64 letters a–z, digits, _ or -, and begins with a letter.');
  }

  choiceName(path: string, value: unknown, taken: Set<string>): void {
    if (typeof value === 'string' && CHOICE_NAME.test(value)) this.#unique(path, value, taken);
    else this.found.add(path, 'The name of a choice is a text of 1 to 100 characters without blanks.');
  }

  #unique(path: string, name: string, taken: Set<string>): void {
    if (taken.has(name)) this.found.add(path, `The name “${name}” is there already.`);
    taken.add(name);
  }
}

function isJsonObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isQuestionType(value: unknown): value is QuestionType {
  return typeof value === 'string' && Object.hasOwn(WORDS, value);
}

function shorten(word: string): string {
  return word.length > 40 ? `${word.slice(0, 40)}…` : word;
}

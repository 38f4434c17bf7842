/**
 * What may be stored in each collection. Nothing is converted, filled in or left out: it is stored as it was sent or refused.
 */
import { type FormError, type Questionnaire, checkResponse, parseQuestionnaire } from '../forms/index.ts';
import { isPlainObject, type Attributes, type FieldError } from '../protocol/index.ts';
import type { Collection } from './access.ts';
import type { Referenced, Rules } from './store/store.ts';

/** Parsed questionnaires that are kept, so that a thousand responses to one do not parse it a thousand times. */
const MAX_PARSED = 50;

/** The rules, with a memory for parsed questionnaires of their own. */
export function createRules(): Rules {
  const parsed = new Map<string, Questionnaire>();

  function questionnaireOf(referenced: Referenced): Questionnaire {
    const key = `${referenced.serverId}@${referenced.version}`;
    const known = parsed.get(key);
    if (known !== undefined) return known;
    const result = parseQuestionnaire(referenced.attributes);
    if (!result.ok) throw new Error(`The stored questionnaire ${key} is not valid.`);
    const oldest = parsed.keys().next();
    if (parsed.size >= MAX_PARSED && !oldest.done) parsed.delete(oldest.value);
    parsed.set(key, result.questionnaire);
    return result.questionnaire;
  }

  return {
    reference(collection, attributes) {
      const { questionnaireId: id, questionnaireVersion: version } = attributes;
      return collection === 'responses' && typeof id === 'string' && Number.isSafeInteger(version) && typeof version === 'number' ? { id, version } : null;
    },
    check(collection, attributes, referenced) {
      return checkAttributes(collection, attributes, referenced === null ? null : () => questionnaireOf(referenced));
    },
  };
}

function checkAttributes(collection: Collection, attributes: Attributes, questionnaire: (() => Questionnaire) | null): readonly FieldError[] {
  switch (collection) {
    case 'questionnaires': {
      const result = parseQuestionnaire(attributes);
      return result.ok ? [] : result.errors.map(toFieldError);
    }
    case 'responses': {
      const errors = checkShape(attributes);
      if (errors.length > 0) return errors;
      if (questionnaire === null) return [error('questionnaireId', 'The server does not have this version of the questionnaire.')];
      return checkAnswers(attributes, questionnaire());
    }
    default: {
      const never: never = collection;
      return never;
    }
  }
}

const RESPONSE_FIELDS: Readonly<Record<string, (value: unknown) => string | null>> = {
  questionnaireId: (value) => (typeof value === 'string' && value !== '' ? null : 'This must be the id of a questionnaire.'),
  questionnaireVersion: (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? null : 'This must be the version of the questionnaire, a whole number from 1.',
  answers: (value) => (isPlainObject(value) ? null : 'This must be an object of answers.'),
  startedAt: (value) => (isTime(value) ? null : TIME_WANTED),
  endedAt: (value) => {
    if (value === null) return 'This response is not finished. Drafts stay on the device.';
    return isTime(value) ? null : TIME_WANTED;
  },
};

const TIME_WANTED = 'This must be a time like 2026-11-22T23:10:00+13:00.';
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

function isTime(value: unknown): value is string {
  return typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));
}

const NAMES = Object.keys(RESPONSE_FIELDS);

function checkShape(attributes: Attributes): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of NAMES) {
    const message = Object.hasOwn(attributes, name) ? RESPONSE_FIELDS[name]?.(attributes[name]) : 'This is missing.';
    if (message != null) errors.push(error(name, message));
  }
  for (const name of Object.keys(attributes)) {
    if (!Object.hasOwn(RESPONSE_FIELDS, name)) errors.push(error(name, 'A response has no such attribute.'));
  }
  return errors;
}

function checkAnswers({ answers, endedAt }: Attributes, questionnaire: Questionnaire): FieldError[] {
  if (typeof endedAt !== 'string') return [error('endedAt', TIME_WANTED)];
  const language = questionnaire.languages[0] ?? 'en';
  return checkResponse(questionnaire, answers, { now: endedAt, language }).map(toFieldError);
}

function toFieldError({ path, message }: FormError): FieldError {
  return error(path, message);
}

function error(path: string, message: string): FieldError {
  return { Path: path, Message: message };
}

/**
 * The questionnaire language: read a questionnaire, evaluate it for the answers so far, check a response.
 */
export { checkResponse } from './check.ts';
export { evaluateForm, type ChoiceView, type Circumstances, type FieldView, type FormView } from './evaluate.ts';
export { wordingOf } from './label.ts';
export type {
  Answers,
  AnswerValue,
  AskedQuestion,
  CalculateQuestion,
  Choice,
  FormError,
  NoteQuestion,
  Question,
  Questionnaire,
  QuestionType,
  SelectQuestion,
} from './questionnaire.ts';
export { parseQuestionnaire, type ParseResult } from './schema.ts';

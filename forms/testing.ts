import { parseQuestionnaire, type FormError, type Questionnaire } from './index.ts';

/** For tests: a morning close to the date line, while it is still the day before in UTC. */
export const NOW = '2026-11-22T08:10:00+13:00';

/** For tests: how a property is run: the same inputs every time. */
export function times(numRuns: number): { readonly seed: number; readonly numRuns: number } {
  return { seed: 20_261_122, numRuns };
}

/** For tests: a questionnaire of these questions, which must be right. */
export function parsed(questions: readonly object[]): Questionnaire {
  const result = parseQuestionnaire({ title: 'Test', languages: ['en', 'fr'], questions });
  if (!result.ok) throw new Error(result.errors.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return result.questionnaire;
}

/** For tests: what is wrong with a questionnaire of these questions. */
export function errorsOf(questions: unknown): readonly FormError[] {
  const result = parseQuestionnaire({ title: 'Test', languages: ['en', 'fr'], questions });
  return result.ok ? [] : result.errors;
}

/** For tests: a text question with the words given. */
export function question(name: string, words: object = {}): object {
  return { name, type: 'text', label: `Label of ${name}`, ...words };
}

/** For tests: choices a, b, c with a column `size` of 1, 2, 3. */
export const CHOICES = [
  { name: 'a', label: 'A', 'label::fr': 'A en français', size: 1 },
  { name: 'b', label: 'B', size: 2 },
  { name: 'c', label: 'C', size: 3 },
];

import { expect, test } from 'vitest';
import { chooseLanguage, directionOf, languageName } from './language.ts';

test('the language that was chosen before comes first, then the person’s own, then the first of the questionnaire', () => {
  expect(chooseLanguage(['en', 'fr', 'sw'], 'sw', ['fr-FR'])).toBe('sw');
  expect(chooseLanguage(['en', 'fr'], 'sw', ['pt', 'fr-FR'])).toBe('fr');
  expect(chooseLanguage(['en', 'fr'], null, ['de'])).toBe('en');
});

test('Arabic runs from right to left, in any region', () => {
  expect(directionOf('ar-EG')).toBe('rtl');
  expect(directionOf('sw')).toBe('ltr');
});

test('a name written out instead of a code is shown as it is', () => {
  expect(languageName('fr')).toBe('français');
  expect(languageName('English (simple)')).toBe('English (simple)');
});

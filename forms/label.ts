import type { Translated } from './questionnaire.ts';

type Word = 'title' | 'label' | 'hint' | 'required_message' | 'constraint_message';
type Worded = Translated & { readonly [word in Word]?: string };

/**
 * The wording in a language: `label::fr-CA` for 'fr-CA', else `label::fr`, else `label`, which is in the questionnaire's first
 * language. Undefined where there is none at all.
 */
export function wordingOf(holder: Worded, word: Word, language: string): string | undefined {
  return holder[`${word}::${language}`] ?? holder[`${word}::${baseOf(language)}`] ?? holder[word];
}

/** 'fr' of 'fr-CA'. */
export function baseOf(language: string): string {
  const end = language.indexOf('-');
  return end < 0 ? language : language.slice(0, end);
}

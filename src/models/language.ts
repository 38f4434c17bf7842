/**
 * Languages of a questionnaire: which one to begin with, what it is called, which way it runs.
 */

/** Languages written from right to left, by their first subtag. */
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

const base = (language: string): string => language.toLowerCase().split('-')[0] ?? '';

/** The remembered language if the questionnaire has it, else the first of the person's own that it has, else its first. */
export function chooseLanguage(available: readonly string[], remembered: string | null, own: readonly string[]): string {
  if (remembered !== null && available.includes(remembered)) return remembered;
  for (const wanted of own) {
    const match = available.find((language) => base(language) === base(wanted));
    if (match !== undefined) return match;
  }
  return available[0] ?? 'en';
}

export const directionOf = (language: string): 'rtl' | 'ltr' => (RIGHT_TO_LEFT.has(base(language)) ? 'rtl' : 'ltr');

/** Its name in itself: `français` for `fr`; the code where nobody knows it. */
export function languageName(language: string): string {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  } catch (error) {
    // `of` throws for a code that is no language tag, such as a name written out.
    if (error instanceof RangeError) return language;
    throw error;
  }
}

/**
 * What the app says about an answer where the questionnaire has no words of its own.
 */
import { baseOf } from './label.ts';
import { MAX_TEXT_LENGTH } from './limits.ts';
import type { AskedQuestion } from './questionnaire.ts';

interface Messages {
  readonly required: string;
  readonly constraint: string;
  /** By the type of the question: the answer is not of it. */
  readonly wrongType: Readonly<Record<AskedQuestion['type'], string>>;
}

const en: Messages = {
  required: 'This question needs an answer.',
  constraint: 'This answer is not possible here. Please check it.',
  wrongType: {
    text: `Write a text of at most ${MAX_TEXT_LENGTH} characters.`,
    integer: 'Write a whole number, such as 12.',
    decimal: 'Write a number, such as 12.5.',
    date: 'Give a day of the calendar.',
    select_one: 'Choose one of the answers given.',
    select_multiple: 'Choose among the answers given.',
  },
};

const fr: Messages = {
  required: 'Cette question attend une réponse.',
  constraint: 'Cette réponse n’est pas possible ici. Veuillez la vérifier.',
  wrongType: {
    text: `Écrivez un texte de ${MAX_TEXT_LENGTH} caractères au plus.`,
    integer: 'Écrivez un nombre entier, par exemple 12.',
    decimal: 'Écrivez un nombre, par exemple 12,5.',
    date: 'Indiquez un jour du calendrier.',
    select_one: 'Choisissez l’une des réponses proposées.',
    select_multiple: 'Choisissez parmi les réponses proposées.',
  },
};

/** In English where the language has no messages yet. */
export function messagesIn(language: string): Messages {
  return baseOf(language) === 'fr' ? fr : en;
}

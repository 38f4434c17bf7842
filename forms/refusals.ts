/**
 * What the server says of a response that no form would have sent.
 */
import { baseOf } from './label.ts';

interface Refusals {
  readonly notAnObject: string;
  readonly unknown: (name: string) => string;
  readonly note: string;
  readonly irrelevant: string;
  readonly notOffered: string;
  readonly miscalculated: string;
}

const en: Refusals = {
  notAnObject: 'The answers are an object with the names of the questions.',
  unknown: (name) => `The questionnaire has no question “${name}”.`,
  note: 'This is something to read and takes no answer.',
  irrelevant: 'This question is not asked with these answers, so it has no answer.',
  notOffered: 'With the other answers, this one cannot be chosen.',
  miscalculated: 'This is worked out from the other answers, which give something else.',
};

const fr: Refusals = {
  notAnObject: 'Les réponses sont un objet qui porte les noms des questions.',
  unknown: (name) => `Le questionnaire n’a pas de question « ${name} ».`,
  note: 'Ceci est à lire et n’attend pas de réponse.',
  irrelevant: 'Avec ces réponses, la question n’est pas posée ; elle n’a donc pas de réponse.',
  notOffered: 'Avec les autres réponses, celle-ci ne peut pas être choisie.',
  miscalculated: 'Ceci se calcule à partir des autres réponses, qui donnent un autre résultat.',
};

/** In English where the language has none yet. */
export function refusalsIn(language: string): Refusals {
  return baseOf(language) === 'fr' ? fr : en;
}

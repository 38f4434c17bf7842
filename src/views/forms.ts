/**
 * The screens that work with a form, in one piece that is fetched on its own, and what such screens are made of.
 */
export { Autosave } from './autosave.ts';
export { type FieldHost, fieldTemplate, isAsked, questionId } from './field.ts';
export { Fill } from './fill.ts';
export { bottomBar, problemList, topBar } from './fill-frame.ts';
export { ResponseScreen } from './response.ts';

/**
 * The screens that work with a form, in one piece that is fetched on its own, and what such screens are made of.
 */
export { Answering } from './answering.ts';
export { Autosave } from './autosave.ts';
export { Fill } from './fill.ts';
export { bottomBar } from './fill-frame.ts';
export { ResponseScreen } from './response.ts';

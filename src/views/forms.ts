/**
 * The screens that work with a form, in one piece that is fetched on its own.
 */
export { Fill } from './fill.ts';
export { ResponseScreen } from './response.ts';

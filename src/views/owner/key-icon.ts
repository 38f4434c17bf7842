import { svg } from 'lit-html';
import { icon } from '../icons.ts';

/** Of the screens about keys alone, so that the first load does without. */
export const keyIcon = icon(svg`<circle cx="8" cy="16" r="4" /><path d="M11 13l8.5-8.5M15 9l3 3M17.5 6.5l2.5 2.5" />`);

/**
 * Icons as lit templates, drawn for this app on a grid of 24. They are decoration: the words beside them speak.
 */
import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit-html';
import type { Shape } from '../models/states.ts';

export const icon = (content: SVGTemplateResult): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${content}</svg>`;

export const mark = html`<svg class="mark" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
  <path class="mark-flag" d="M24 5h11l-3 4 3 4H24z" />
  <path class="mark-line" d="M24 4v14" />
  <path class="mark-tent" d="M24 15 6 41h36z" />
  <path class="mark-door" d="M24 25l-8.5 16h17z" />
</svg>`;

export const icons = {
  alert: icon(svg`<path class="filled" d="M12 2.5L22.5 21h-21z" /><path class="inverse" d="M12 9.5v5M12 17.6v.2" />`),
  back: icon(svg`<path class="turns" d="M15 5l-7 7 7 7" />`),
  close: icon(svg`<path d="M6 6l12 12M18 6L6 18" />`),
  clipboard: icon(svg`<path d="M9 4.5h6v3H9zM9 6H6v14h12V6h-3M9 12h6M9 16h4" />`),
  stack: icon(svg`<path d="M4 8l8-4 8 4-8 4zM4 12l8 4 8-4M4 16l8 4 8-4" />`),
  table: icon(svg`<path d="M4 5h16v14H4zM4 10h16M4 14.5h16M10 10v9" />`),
  person: icon(svg`<path d="M12 12a4 4 0 100-8 4 4 0 000 8zM4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5" />`),
  phone: icon(svg`<path d="M7 3h10v18H7zM12 7v7M9 11.5l3 3 3-3M10.5 18h3" />`),
  share: icon(svg`<path d="M12 15V3M8 6.5L12 3l4 3.5M8 10H5v11h14V10h-3" />`),
  download: icon(svg`<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14" />`),
  upload: icon(svg`<path d="M12 16V5M7.5 9L12 4.5 16.5 9M5 20h14" />`),
  refresh: icon(svg`<path d="M19 12a7 7 0 11-2.2-5.1M19 4v4h-4" />`),
  offline: icon(svg`<path d="M4 4l16 16M2.5 9.5C4 8 5.6 7 7.4 6.4M11 5.5c4 0 7.5 1.2 10.5 4M6 13.2c1.2-1.1 2.5-1.9 4-2.3M9.5 16.8c1.6-1.2 3.4-1.2 5 0M12 20h.01" />`),
  trash: icon(svg`<path d="M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5" />`),
} as const;

/** One shape for each state, so that none is told by colour alone. */
const shapes: Readonly<Record<Shape, TemplateResult>> = {
  draft: icon(svg`<path d="M5 19l1-4L16 5l3 3L9 18zM14 7l3 3" />`),
  waiting: icon(svg`<circle cx="12" cy="12" r="8.5" /><path d="M12 7.5V12l3 2" />`),
  sending: icon(svg`<path class="rises" d="M12 19V6M6.5 11L12 5.5 17.5 11" />`),
  sent: icon(svg`<circle class="filled" cx="12" cy="12" r="9.5" /><path class="inverse" d="M7.5 12.5l3 3 6-6.5" />`),
  rejected: icons.alert,
  'needs-sign-in': icon(svg`<rect x="5" y="11" width="14" height="9.5" rx="1.5" /><path d="M8 11V8a4 4 0 018 0v3M12 15v2" />`),
  conflict: icon(svg`<path d="M12 21v-8L5 6M5 11V6h5M12 13l7-7M14 6h5v5" />`),
};

export const stateIcon = (shape: Shape): TemplateResult => html`<span class="state-icon" data-shape=${shape}>${shapes[shape]}</span>`;

/**
 * What a person finds in the app, by their role. The server judges for itself.
 */
import type { Place } from './places.ts';

const SCREENS: Readonly<Record<'fill' | 'manage' | 'results' | 'links' | 'people', readonly string[]>> = {
  fill: ['owner', 'editor', 'collector'],
  manage: ['owner', 'editor'],
  results: ['owner', 'viewer'],
  links: ['owner', 'editor'],
  people: ['owner'],
};

/** Whether this person's role in the workspace has these screens. Without one they go on filling in, as the last that was known. */
export function has({ workspace }: Place, screens: keyof typeof SCREENS): boolean {
  return SCREENS[screens].includes(workspace?.Role ?? 'collector');
}

import { type Attributes, BOOKKEEPING } from '../../protocol/index.ts';

/** What a model holds, without what a client keeps in it for itself: a plain Backbone model sends that along. */
export function withoutBookkeeping(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !BOOKKEEPING.has(name)));
}

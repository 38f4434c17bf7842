/**
 * Changes to a submitted response that are not saved yet. They are kept with the same care as a response, but apart from
 * it and on this device only: the response may be sent at any moment, and half an edit must not be.
 */
import Backbone from 'backbone';
import type { Answers } from '../../forms/index.ts';

interface EditAttributes extends Record<string, unknown> {
  /** The id that the response was made under, which does not change when the server gives it another. */
  responseKey: string;
  answers: Answers;
}

export class Edit extends Backbone.Model<EditAttributes> {
  get answers(): Answers {
    return this.get('answers') ?? {};
  }
}

export class Edits extends Backbone.Collection<Edit> {
  override preinitialize(): void {
    this.model = Edit;
  }

  of(responseKey: string): Edit | undefined {
    return this.models.find((edit) => edit.get('responseKey') === responseKey);
  }
}

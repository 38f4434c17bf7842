import type Backbone from 'backbone';
import type { Row } from '../contract.ts';

/** The answers of a Backbone model that was made from a row. */
export function answersOf(model: Backbone.Model<Row>): Row['answers'] {
  const answers = model.get('answers');
  if (answers === undefined) throw new Error('This model was made from no row.');
  return answers;
}

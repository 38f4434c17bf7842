import type { RxJsonSchema } from 'rxdb/plugins/core';
import type { Row } from '../../contract.ts';

export const SCHEMA: RxJsonSchema<Row> = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 36 },
    questionnaireId: { type: 'string' },
    questionnaireVersion: { type: 'integer' },
    answers: { type: 'object' },
    startedAt: { type: 'string' },
    endedAt: { type: 'string' },
  },
  required: ['id', 'questionnaireId', 'questionnaireVersion', 'answers', 'startedAt', 'endedAt'],
};

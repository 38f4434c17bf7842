/**
 * A REST server's answers, as the page and the server understand them.
 */
import * as v from 'valibot';

export const RESPONSES_PATH = '/api/responses';

export const Response = v.object({
  id: v.string(),
  questionnaireId: v.string(),
  questionnaireVersion: v.number(),
  answers: v.object({ reference: v.string(), community: v.string(), households: v.number(), source: v.string(), remark: v.string() }),
  startedAt: v.string(),
  endedAt: v.string(),
});

/** What is sent: new and changed responses, whole. */
export const Batch = v.array(Response);

/** What the server says when it has stored a batch. */
export const Taken = v.object({ taken: v.number() });

/** All responses that others wrote after a number, and the number to ask with next. */
export const Fetched = v.object({ responses: v.array(Response), sequence: v.number() });

import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { BYTE_ORDER_MARK, csvLine } from '../../../forms/csv.ts';
import { decode } from '../../../protocol/index.ts';
import type { Caller } from '../../access.ts';
import type { OutpostServer } from '../../index.ts';
import type { Store } from '../../store/store.ts';
import { type Command, DATA, type Given, Mistyped, Refused } from '../command.ts';
import { responsesOf } from '../responses.ts';
import { withServer } from '../with.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'Write the responses to a questionnaire as CSV or as lines of JSON.',
  details: 'QUESTIONNAIRE is its id, as it stands in its address. The server may go on.',
  arguments: ['QUESTIONNAIRE'],
  options: {
    ...DATA,
    workspace: { type: 'string', short: 'w', value: 'ID', help: 'of which workspace; the first one' },
    format: { type: 'string', value: 'FORMAT', help: 'csv or jsonl; csv' },
    output: { type: 'string', short: 'o', value: 'FILE', help: 'where to; standard output' },
  },
  async run(given, io) {
    const [id = ''] = given.arguments;
    const format = v.safeParse(v.picklist(['csv', 'jsonl']), given.text('format') ?? 'csv');
    if (!format.success) throw new Mistyped('The format is csv or jsonl.');
    await withServer(given, io, async (server) => {
      const caller = await callerOf(server, given);
      const questionnaire = await server.store.one(caller, { collection: 'questionnaires', own: false, id, device: null });
      if (questionnaire === null) throw new Refused(`There is no questionnaire ${id}.`);
      const all = () => responsesTo(server.store, caller, questionnaire.Id);
      const text = format.output === 'csv' ? csvOf(all, questionsOf(questionnaire.Attributes)) : linesOf(all());
      const file = given.text('output');
      await pipeline(Readable.from(text), file === null ? io.out : createWriteStream(file, { mode: 0o600 }), { end: file !== null });
    });
  },
};

async function callerOf({ accounts }: OutpostServer, given: Given): Promise<Caller> {
  const first = await accounts.firstOwner();
  const workspace = given.text('workspace') ?? first?.workspaces[0]?.Id;
  if (first === null || workspace === undefined) throw new Refused('Nobody has signed up here yet.');
  // Whoever may run this has the database itself.
  return { workspace, account: first.account.Id, role: 'owner' };
}

const Response = v.object({
  questionnaireId: v.string(),
  questionnaireVersion: v.number(),
  answers: v.record(v.string(), v.union([v.string(), v.number(), v.array(v.string()), v.null()])),
  startedAt: v.string(),
  endedAt: v.string(),
});

interface Exported extends v.InferOutput<typeof Response> {
  readonly id: string;
}

async function* responsesTo(store: Store, caller: Caller, questionnaireId: string): AsyncGenerator<Exported> {
  for await (const { Id: id, Attributes } of responsesOf(store, caller, false)) {
    const response = decode(Response, Attributes);
    if (response?.questionnaireId === questionnaireId) yield { id, ...response };
  }
}

const Questions = v.object({ questions: v.array(v.looseObject({ name: v.string(), type: v.string() })) });

/** In their order, without those that only say something. */
function questionsOf(attributes: unknown): string[] {
  return (decode(Questions, attributes)?.questions ?? []).filter(({ type }) => type !== 'note').map(({ name }) => name);
}

/** Reads twice: the columns are known when all answers were seen, also those to questions of older versions. */
async function* csvOf(all: () => AsyncIterable<Exported>, questions: readonly string[]): AsyncGenerator<string> {
  const columns = new Set(questions);
  for await (const { answers } of all()) for (const name of Object.keys(answers)) columns.add(name);
  yield BYTE_ORDER_MARK + csvLine(['id', 'version', 'startedAt', 'endedAt', ...columns]);
  for await (const { id, questionnaireVersion, startedAt, endedAt, answers } of all()) {
    yield csvLine([id, questionnaireVersion, startedAt, endedAt, ...[...columns].map((name) => answers[name])]);
  }
}

async function* linesOf(responses: AsyncIterable<Exported>): AsyncGenerator<string> {
  for await (const response of responses) yield `${JSON.stringify(response)}\n`;
}

/**
 * An ordinary Backbone app; whatever works offline, its worker does.
 */
import Backbone from 'backbone';
import { openDB } from 'idb';
import { $ } from 'jquery';
import type { Row } from '../../contract.ts';
import { remarkAfter } from '../../rows.ts';
import { answersOf } from '../answers.ts';
import { hireWorker, signIn } from '../outpost/session.ts';

type Response = Backbone.Model<Row>;

Object.assign(Backbone, { $ });

const responses = new Backbone.Collection<Response>();
Object.assign(responses, { url: '/api/v1/responses' });

/** A request that found no network has failed for the page; by then it is in the queue. */
function save(response: Response, attributes: Partial<Row>): Promise<void> {
  return new Promise((resolve) => {
    response.save(attributes, { success: () => resolve(), error: () => resolve() });
  });
}

async function create(rows: readonly Row[]): Promise<void> {
  await Promise.all(responses.add(rows.map((row) => ({ ...row }))).map((response) => save(response, {})));
}

/** The plugin says nothing of what became of a request: its queue is looked at, every so often. */
async function untilQueueIsEmpty(): Promise<void> {
  if (!(await indexedDB.databases()).some(({ name }) => name === 'workbox-background-sync')) return;
  const database = await openDB('workbox-background-sync');
  while ((await database.count('requests')) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  database.close();
}

function pull(): Promise<void> {
  return new Promise((resolve, reject) => {
    responses.fetch({ success: () => resolve(), error: () => reject(new Error('There was no list.')) });
  });
}

await signIn();
await hireWorker();

window.contender = {
  open: pull,
  createAll: create,
  createEach: create,
  sync: untilQueueIsEmpty,
  pull,
  async change(references) {
    const wanted = new Set(references);
    const changed = responses.filter((each) => wanted.has(answersOf(each).reference));
    await Promise.all(changed.map((each) => save(each, { answers: { ...answersOf(each), remark: remarkAfter(answersOf(each).remark) } })));
  },
  list: async () => responses.length,
};

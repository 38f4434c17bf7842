/**
 * A Backbone app that was made to work offline as the guide says.
 */
import Backbone from 'backbone';
import * as v from 'valibot';
import { Session } from '../../../protocol/index.ts';
import { startOutpost, type Engine } from '../../../src/sync/index.ts';
import type { Row } from '../../contract.ts';
import { remarkAfter } from '../../rows.ts';
import { answersOf } from '../answers.ts';
import { hireWorker, signIn } from './session.ts';

const responses = new Backbone.Collection<Backbone.Model<Row>>();
let engine: Engine | null = null;

function started(): Engine {
  if (engine === null) throw new Error('The engine was not started.');
  return engine;
}

function createAll(rows: readonly Row[]): Promise<unknown> {
  return Promise.all(responses.add(rows.map((row) => ({ ...row }))).map((model) => started().save(model)));
}

function createEach(rows: readonly Row[]): Promise<unknown> {
  return Promise.all(rows.map((row) => started().save(started().create(responses, { ...row }))));
}

async function change(references: readonly string[]): Promise<void> {
  const wanted = new Set(references);
  const models = responses.filter((model) => wanted.has(answersOf(model).reference));
  await Promise.all(models.map((model) => started().save(model, { answers: { ...answersOf(model), remark: remarkAfter(answersOf(model).remark) } })));
}

/** The engine sends by itself; an app looks at its summary. */
function untilNoneWaits(): Promise<void> {
  return new Promise((resolve) => {
    const look = ({ waiting }: { readonly waiting: number }): void => {
      if (waiting > 0) return;
      started().off('sync:state', look);
      resolve();
    };
    started().on('sync:state', look);
    look(started().summary());
  });
}

const account = v.parse(v.pipe(v.string(), v.parseJson(), Session), await signIn()).Account.Id;
await hireWorker();

window.contender = {
  open: async () => {
    engine = await startOutpost({ account, collections: { responses: { collection: responses } } });
  },
  createAll: async (rows) => void (await createAll(rows)),
  createEach: async (rows) => void (await createEach(rows)),
  sync: untilNoneWaits,
  pull: () => started().pull(),
  change,
  list: async () => responses.length,
};

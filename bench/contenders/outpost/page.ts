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
let starting: Promise<Engine> | null = null;

function started(): Promise<Engine> {
  if (starting === null) throw new Error('The engine was not started.');
  return starting;
}

async function createAll(rows: readonly Row[]): Promise<void> {
  const engine = await started();
  await Promise.all(responses.add(rows.map((row) => ({ ...row }))).map((model) => engine.save(model)));
}

async function createEach(rows: readonly Row[]): Promise<void> {
  const engine = await started();
  await Promise.all(rows.map((row) => engine.save(engine.create(responses, { ...row }))));
}

async function change(references: readonly string[]): Promise<void> {
  const wanted = new Set(references);
  const engine = await started();
  const models = responses.filter((model) => wanted.has(answersOf(model).reference));
  await Promise.all(models.map((model) => engine.save(model, { answers: { ...answersOf(model), remark: remarkAfter(answersOf(model).remark) } })));
}

/** The engine sends by itself; an app looks at its summary. */
async function untilNoneWaits(): Promise<void> {
  const engine = await started();
  return new Promise((resolve) => {
    const look = ({ waiting }: { readonly waiting: number }): void => {
      if (waiting > 0) return;
      engine.off('sync:state', look);
      resolve();
    };
    engine.on('sync:state', look);
    look(engine.summary());
  });
}

const account = v.parse(v.pipe(v.string(), v.parseJson(), Session), await signIn()).Account.Id;
await hireWorker();

window.contender = {
  // The list is there when the call returns.
  open: async () => {
    starting = startOutpost({ account, collections: { responses: { collection: responses } } });
  },
  createAll,
  createEach,
  sync: untilNoneWaits,
  pull: async () => (await started()).pull(),
  change,
  list: async () => responses.length,
};

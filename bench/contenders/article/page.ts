/**
 * The article's recipe: plain Backbone, a flag for what is not sent yet, and a loop that sends it.
 */
// In this order: the server's sync is kept before backbone.localstorage takes its place.
import { serverSync } from './server-sync.ts';
import { LocalStorage } from 'backbone.localstorage';
import Backbone from 'backbone';
import { $ } from 'jquery';
import type { Row } from '../../contract.ts';
import { remarkAfter } from '../../rows.ts';
import { answersOf } from '../answers.ts';
import { signIn } from '../outpost/session.ts';

interface Kept extends Row {
  readonly synchronized: boolean;
}

type Response = Backbone.Model<Kept>;

Object.assign(Backbone, { $ });

const store = new LocalStorage('article');
const responses = new Backbone.Collection<Response>();
Object.assign(responses, { url: '/api/v1/responses', localStorage: store });

function create(rows: readonly Row[]): void {
  for (const row of rows) responses.create({ ...row, synchronized: false });
}

/** Sends every model that is not synchronized; resolves when each has its real id. */
async function push(): Promise<void> {
  await Promise.all(responses.filter((response) => response.get('synchronized') !== true).map(pushOne));
}

async function pushOne(response: Response): Promise<void> {
  const { ClientId, ServerId } = await serverUpdate(response);
  if (ClientId !== ServerId) store.destroy(response);
  response.save({ id: ServerId, synchronized: true });
}

function serverUpdate(response: Response): Promise<{ ClientId: string; ServerId: string }> {
  return new Promise((resolve, reject) => {
    const error = ({ status, responseText }: { status: number; responseText: string }): void => reject(new Error(`${status} ${responseText}`));
    serverSync('update', response, { success: resolve, error });
  });
}

/** What is not sent yet goes first, so that the server's list does not take it away. */
async function pull(): Promise<void> {
  await push();
  await new Promise((resolve, reject) => {
    const fromServer = { ajaxSync: true, success: resolve, error: () => reject(new Error('There was no list.')) };
    responses.fetch(fromServer);
  });
  for (const response of responses.models) response.save({ synchronized: true });
}

await signIn();

window.contender = {
  open: () =>
    new Promise((resolve) => {
      responses.fetch({ success: () => resolve() });
    }),
  createAll: async (rows) => create(rows),
  createEach: async (rows) => create(rows),
  sync: push,
  pull,
  async change(references) {
    const wanted = new Set(references);
    for (const response of responses.filter((each) => wanted.has(answersOf(each).reference))) {
      response.save({ answers: { ...answersOf(response), remark: remarkAfter(answersOf(response).remark) }, synchronized: false });
    }
  },
  list: async () => responses.length,
};

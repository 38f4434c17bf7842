import * as v from 'valibot';
import { expect, test } from 'vitest';
import { SyncAnswer } from '../../protocol/index.ts';
import { type Client, QUESTIONNAIRE, having, openSharedServer, response, signInMember, textWith } from '../testing/server.ts';

const DEVICE = '22222222-2222-4222-8222-222222222222';
const { server, owner, form } = await openSharedServer();

async function sync(client: Client, body: object): Promise<SyncAnswer> {
  const answer = await client.send('POST', '/sync', { Device: DEVICE, ...body });
  expect(answer.statusCode).toBe(200);
  return v.parse(SyncAnswer, answer.json());
}

function entry(about: object = {}) {
  return { Collection: 'responses', Id: crypto.randomUUID(), Revision: 1, Base: 0, Op: 'put', Attributes: response(form), ...about };
}

test('every entry stands alone: bad ones hold no others back, and the answers are in order', async () => {
  const good = entry();
  const later = entry({ Attributes: { ...response(form), synchronized: false } });
  const { Results } = await sync(owner, {
    Push: [
      good,
      'not an entry',
      entry({ Collection: 'answers' }),
      entry({ Revision: '1' }),
      entry({ Id: 'a,b' }),
      entry({ Attributes: { ...response(form), constructor: 1 } }),
      entry({ Attributes: response(form, { depth: '1' }) }),
      entry({ Id: 'unknown-server-id' }),
      good,
      later,
    ],
  });
  expect(Results.map(({ Status }) => Status)).toEqual([
    'applied',
    ...Array.from({ length: 7 }, () => 'rejected'),
    'duplicate',
    'applied',
  ]);
  expect(Results[0]).toMatchObject({ Collection: 'responses', ClientId: good.Id, Revision: 1, Version: 1 });
  expect(Results[5]).toMatchObject({ Errors: [{ Path: 'constructor' }] });
  expect(Results[6]).toMatchObject({ Errors: [{ Path: 'answers.depth' }] });
  expect(Results[9]).toMatchObject({ ClientId: later.Id });
});

test('a questionnaire and the responses to it in one batch', async () => {
  const Id = crypto.randomUUID();
  const { Results } = await sync(owner, {
    Push: [entry({ Collection: 'questionnaires', Id, Attributes: QUESTIONNAIRE }), entry({ Attributes: response(Id) })],
  });
  expect(Results.map(({ Status }) => Status)).toEqual(['applied', 'applied']);
});

test('a patch is judged by the whole record that it makes', async () => {
  const first = entry({ Attributes: response(form, { depth: 1, colour: 'clear' }) });
  await sync(owner, { Push: [first] });
  const patch = { ...first, Base: 1, Merge: false };
  const { Results } = await sync(owner, {
    Push: [
      { ...patch, Revision: 2, Attributes: {}, Changed: ['answers.depth'] },
      { ...patch, Revision: 3, Attributes: { answers: { colour: 'brown' } }, Changed: ['answers.colour'] },
    ],
  });
  expect(Results).toMatchObject([{ Status: 'rejected', Errors: [{ Path: 'answers.depth' }] }, { Status: 'applied', Version: 2 }]);
});

test('a patch of a record that is not there makes none: the whole is asked for, and then stored', async () => {
  const whole = entry();
  const { Results } = await sync(owner, { Push: [{ ...whole, Attributes: { answers: { depth: 9 } }, Changed: ['answers.depth'] }, { ...whole, Revision: 2 }] });
  expect(Results).toMatchObject([{ ClientId: whole.Id, Revision: 1, Status: 'retry' }, { Status: 'applied', Version: 1 }]);
});

test('a patch that is not to be merged: the answer names what others changed, and holds their record', async () => {
  const first = entry({ Attributes: response(form, { depth: 1, colour: 'clear' }) });
  await sync(owner, { Push: [first] });
  const patch = { ...first, Base: 1, Merge: false };
  await sync(owner, { Device: '33333333-3333-4333-8333-333333333333', Push: [{ ...patch, Attributes: { answers: { colour: 'brown' } }, Changed: ['answers.colour'] }] });
  const { Results } = await sync(owner, { Push: [{ ...patch, Revision: 2, Attributes: { answers: { depth: 9 } }, Changed: ['answers.depth'] }] });
  expect(Results).toMatchObject([{ Status: 'conflict', Version: 2, Changed: ['answers.colour'], Attributes: { answers: { depth: 1, colour: 'brown' } } }]);
});

test('patches of two devices are merged, and the answer holds the whole record', async () => {
  const first = entry({ Attributes: response(form, { depth: 1, colour: 'clear' }) });
  await sync(owner, { Push: [first] });
  const patch = { ...first, Revision: 2, Base: 1 };
  await sync(owner, { Push: [{ ...patch, Attributes: { answers: { colour: 'brown' } }, Changed: ['answers.colour'] }] });
  const { Results } = await sync(owner, {
    Device: crypto.randomUUID(),
    Push: [{ ...patch, Attributes: { answers: { depth: 2 } }, Changed: ['answers.depth'] }],
  });
  expect(Results).toEqual([having({ Status: 'merged', Version: 3, Attributes: response(form, { depth: 2, colour: 'brown' }) })]);
});

test('edits that break a rule only together are a conflict: nobody is wrong, and nothing is stored', async () => {
  const questions = [
    { name: 'taps', type: 'integer', label: 'Taps?' },
    { name: 'broken', type: 'integer', label: 'Broken ones?', constraint: '. <= ${taps}', constraint_message: 'Not more than there are.' },
  ];
  const id = crypto.randomUUID();
  await owner.send('PUT', `/questionnaires/${id}`, { ...QUESTIONNAIRE, questions });
  const first = entry({ Attributes: response(id, { taps: 5, broken: 0 }) });
  await sync(owner, { Push: [first] });
  const patch = { ...first, Revision: 2, Base: 1 };
  await sync(owner, { Push: [{ ...patch, Attributes: { answers: { taps: 2 } }, Changed: ['answers.taps'] }] });
  const { Results } = await sync(owner, {
    Device: crypto.randomUUID(),
    Push: [{ ...patch, Attributes: { answers: { broken: 4 } }, Changed: ['answers.broken'] }],
  });
  expect(Results).toEqual([having({ Status: 'conflict', Version: 2, Attributes: response(id, { taps: 2, broken: 0 }) })]);
});

test('the pull of the same request shows what its push stored, and with Own only the caller’s', async () => {
  const member = await signInMember(server, owner);
  const ofMember = entry();
  const { Pull } = await sync(member, { Push: [ofMember], Pull: { responses: null, questionnaires: null, unheard_of: null } });
  expect(Object.keys(Pull)).toEqual(['responses', 'questionnaires']);
  expect(Pull['responses']?.Changes).toEqual([having({ ClientId: ofMember.Id, Attributes: response(form) })]);
  expect(Pull['questionnaires']?.Changes.length).toBeGreaterThanOrEqual(2);
  const all = await sync(owner, { Pull: { responses: null } });
  const own = await sync(owner, { Pull: { responses: null }, Own: true });
  const clientIds = ({ Pull: { responses } }: SyncAnswer) => responses?.Changes.map(({ ClientId }) => ClientId);
  expect(clientIds(all)).toContain(ofMember.Id);
  expect(clientIds(own)).not.toContain(ofMember.Id);
  const next = await sync(member, { Pull: { responses: Pull['responses']?.Cursor } });
  expect(next.Pull['responses']).toMatchObject({ Changes: [], More: false, Reset: false });
});

test('a member’s questionnaire is rejected, their response beside it stored', async () => {
  const member = await signInMember(server, owner, { name: 'Mia', email: 'mia@example.org', password: 'a third password' });
  const { Results } = await sync(member, { Push: [entry({ Collection: 'questionnaires', Attributes: QUESTIONNAIRE }), entry()] });
  expect(Results.map(({ Status }) => Status)).toEqual(['rejected', 'applied']);
});

test('a client that counts no revisions sends 0 again and again', async () => {
  const first = entry({ Revision: 0 });
  const second = { ...first, Attributes: response(form, { depth: 99 }), Base: 1 };
  const { Results } = await sync(owner, { Push: [first, first, second] });
  expect(Results.map(({ Status }) => Status)).toEqual(['applied', 'duplicate', 'applied']);
});

test('1,001 entries are refused as too many, before any is looked at', async () => {
  const answer = await owner.send('POST', '/sync', { Device: DEVICE, Push: Array.from({ length: 1_001 }, () => 0) });
  expect([answer.statusCode, answer.json()]).toEqual([413, having({ detail: 'A request may have at most 1000 entries. Split it.' })]);
});

test.each([{ Push: [] }, { Device: 'phone' }, { Device: DEVICE, Pull: { responses: 5 } }, { Device: DEVICE, Own: 'yes' }])(
  'a request like %j is malformed',
  async (body) => {
    const answer = await owner.send('POST', '/sync', body);
    expect([answer.statusCode, answer.json()]).toEqual([400, having({ detail: textWith('The body is not') })]);
  },
);

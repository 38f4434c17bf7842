/**
 * What happens while a push is on its way: late answers, lost answers, edits in between.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { answerShortly, fillIn, openList, rowsOnScreen, storedRows, untilOnlyRow } from '../harness/app.ts';
import { isPush } from '../harness/proxy.ts';
import { setSceneSignedIn } from '../harness/scene.ts';
import { gate, until } from '../harness/until.ts';

describe('a push in flight', () => {
  it('answered late: the row on the screen takes its real id in place, the same element, without a reload', async () => {
    const { proxy, page, api } = await setSceneSignedIn(onTestFinished);
    const answer = gate();
    const late = proxy.fault(isPush, { kind: 'delay answer', until: answer.opened });
    const clientId = await answerShortly(page, 'Late');
    await openList(page);
    await until('the server has answered', () => late.answered.length > 0);
    expect((await rowsOnScreen(page)).map(({ id }) => id)).toEqual([clientId]);
    const element = await page.locator('li.row').elementHandle();
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));

    answer.open();
    const [record] = await api.all('responses');
    await until('the row bears the ServerId', async () => (await rowsOnScreen(page))[0]?.id === record?.id);
    expect(record?.id).not.toBe(clientId);
    expect(await element?.evaluate((row) => ({ id: row.getAttribute('data-id'), isOnScreen: row.isConnected }))).toEqual({ id: record?.id, isOnScreen: true });
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
    expect((await rowsOnScreen(page)).map(({ state }) => state)).toEqual(['sent']);
  });

  it('server killed between commit and answer: the retry makes no second record', async () => {
    const { proxy, page, api, server } = await setSceneSignedIn(onTestFinished);
    const cut = gate();
    const lost = proxy.fault(isPush, { kind: 'lose answer', at: cut.opened });
    await answerShortly(page, 'Killed');
    await until('the server has committed', () => lost.answered.length > 0);
    await server.kill();
    cut.open();
    lost.lift();
    expect((await storedRows(page)).map(({ synchronized }) => synchronized)).toEqual([false]);
    const before = proxy.passed.length;

    await server.start();
    const row = await untilOnlyRow(page, 'the response is synchronized', ({ synchronized }) => synchronized);
    expect(proxy.passed.slice(before).filter(isPush).length).toBeGreaterThan(0);
    expect((await api.all('responses')).map(({ id, version }) => ({ id, version }))).toEqual([{ id: row.id, version: 1 }]);
  });

  it('edited meanwhile: both edits arrive in order, and only the receipt of the second makes it synchronized', async () => {
    const { proxy, page, api } = await setSceneSignedIn(onTestFinished);
    const [first, second] = [gate(), gate()];
    const holdFirst = proxy.fault((request) => isPush(request) && !request.body.includes('After'), { kind: 'delay answer', until: first.opened });
    const holdSecond = proxy.fault((request) => isPush(request) && request.body.includes('After'), { kind: 'delay answer', until: second.opened });
    const clientId = await answerShortly(page, 'Before');
    await until('the first edit is on its way', () => holdFirst.answered.length > 0);

    await openList(page);
    await page.locator('li.row').getByRole('link', { name: 'Edit' }).click();
    await fillIn(page, { community: 'After' });
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.locator('.submitted').waitFor();
    expect((await api.all('responses')).map(({ answers }) => answers)).toEqual([{ community: 'Before' }]);

    first.open();
    const between = await untilOnlyRow(page, 'the first receipt is applied', ({ id }) => id !== clientId);
    await until('the second edit is on its way', () => holdSecond.answered.length > 0);
    expect(between).toMatchObject({ synchronized: false, answers: { community: 'After' } });
    expect((await storedRows(page)).map(({ synchronized }) => synchronized)).toEqual([false]);

    second.open();
    const last = await untilOnlyRow(page, 'the second receipt is applied', ({ synchronized }) => synchronized);
    expect(await api.all('responses')).toMatchObject([{ id: last.id, answers: { community: 'After' }, version: 2 }]);
  });
});

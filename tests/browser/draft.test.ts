/**
 * What is typed and not submitted.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { SHORT_QUESTIONNAIRE, answerShortly, fillIn, openList, rowsOnScreen, startQuestionnaire, storedRows, untilOnlyRow } from '../harness/app.ts';
import { launchBare } from '../harness/browser.ts';
import { journalled } from '../harness/journal.ts';
import { setSceneSignedIn } from '../harness/scene.ts';
import { until } from '../harness/until.ts';

describe('typed and not submitted', () => {
  it('browser killed after "saved": the draft is there, and nothing of it was sent', async () => {
    const { context, profile, proxy, api } = await setSceneSignedIn(onTestFinished);
    await context.close();
    const first = await launchBare(onTestFinished, profile);
    const page = await (await first.attach()).context.newPage();
    await page.goto(`${proxy.url}/`);
    await startQuestionnaire(page, SHORT_QUESTIONNAIRE.title);
    await fillIn(page, { community: 'Half a na' });
    await page.getByText('Saved on this device').waitFor();
    await first.process.end('SIGKILL');

    const second = await launchBare(onTestFinished, profile);
    const again = await (await second.attach()).context.newPage();
    await again.goto(`${proxy.url}/responses`);
    await again.getByRole('link', { name: 'Continue' }).click();
    expect(await again.locator('.question[data-name="community"] input').inputValue()).toBe('Half a na');
    expect(await api.all('responses')).toEqual([]);
  });

  it('thrown away, and the browser killed then: it does not come back', async () => {
    const { context, page, profile, proxy } = await setSceneSignedIn(onTestFinished);
    await startQuestionnaire(page, SHORT_QUESTIONNAIRE.title);
    await fillIn(page, { community: 'A mistake' });
    await page.getByText('Saved on this device').waitFor();
    // An orderly end: the browser has the draft on disk.
    await context.close();
    const first = await launchBare(onTestFinished, profile);
    const deleting = await (await first.attach()).context.newPage();
    await deleting.goto(`${proxy.url}/responses`);
    await deleting.getByRole('button', { name: 'Delete' }).click();
    await deleting.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await deleting.locator('li.row').waitFor({ state: 'detached' });
    await until('the journal knows', async () => ![...(await journalled(deleting)).values()].some((row) => row.includes('"state":"draft"')));
    await first.process.end('SIGKILL');

    const second = await launchBare(onTestFinished, profile);
    const again = await (await second.attach()).context.newPage();
    await again.goto(`${proxy.url}/responses`);
    await until('what the crash has brought back is gone again', async () => (await storedRows(again)).length === 0);
    await again.locator('li.row').waitFor({ state: 'detached' });
    expect(await rowsOnScreen(again)).toEqual([]);
  });

  it('browser killed while a sent response is being changed: the change is there, the response is as it was sent', async () => {
    const { context, page, profile, proxy, api } = await setSceneSignedIn(onTestFinished);
    await answerShortly(page, 'As sent');
    const sent = await untilOnlyRow(page, 'the response is sent', ({ synchronized }) => synchronized);
    await context.close();
    const first = await launchBare(onTestFinished, profile);
    const editing = await (await first.attach()).context.newPage();
    await editing.goto(`${proxy.url}/responses/${sent.id}/edit`);
    await fillIn(editing, { community: 'As chan' });
    await editing.getByText('Changes kept here').waitFor();
    await first.process.end('SIGKILL');

    const second = await launchBare(onTestFinished, profile);
    const again = await (await second.attach()).context.newPage();
    await again.goto(`${proxy.url}/`);
    await openList(again);
    expect(await rowsOnScreen(again)).toEqual([{ id: sent.id, state: 'sent' }]);
    expect(await api.all('responses')).toMatchObject([{ version: 1, answers: { community: 'As sent' } }]);
    await again.getByRole('link', { name: 'Edit' }).click();
    expect(await again.locator('.question[data-name="community"] input').inputValue()).toBe('As chan');
  });
});

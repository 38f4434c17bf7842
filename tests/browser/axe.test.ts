/**
 * What a machine can tell of accessibility, on every screen.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apiOf } from '../harness/api.ts';
import { SHORT_QUESTIONNAIRE, answerShortly } from '../harness/app.ts';
import { launch, newProfile } from '../harness/browser.ts';
import { MEMBER, addNeighbour, joinNeighbour } from '../harness/member.ts';
import { isPush } from '../harness/proxy.ts';
import { GATE_SCREENS, WORKSPACE_SCREENS, axeFindings, furnish, linkScreens, makeLinks } from '../harness/screens.ts';
import { setScene, setSceneSignedIn } from '../harness/scene.ts';

describe.each(['light', 'dark'] as const)('axe finds nothing, %s', (colorScheme) => {
  it('on the screens of somebody who is not signed in', async () => {
    const { proxy, profile } = await setScene(onTestFinished);
    const page = await (await launch(onTestFinished, profile)).newPage();
    const findings: string[] = [];
    for (const screen of GATE_SCREENS) findings.push(...(await axeFindings(page, proxy.url, screen, colorScheme)));
    expect(findings).toEqual([]);
  });

  it('on what an invitation and a public link open, before and after', async () => {
    const { proxy, page: owner, questionnaireId } = await setSceneSignedIn(onTestFinished);
    const links = await makeLinks(owner, proxy.url, questionnaireId);
    const page = await (await launch(onTestFinished, await newProfile(onTestFinished))).newPage();
    const findings: string[] = [];
    for (const screen of linkScreens(links)) findings.push(...(await axeFindings(page, proxy.url, screen, colorScheme)));
    expect(findings).toEqual([]);
  });

  it('on what says in which of several workspaces somebody is', async () => {
    const { proxy, page, server } = await setSceneSignedIn(onTestFinished);
    await addNeighbour(server);
    await (await apiOf(server.url, MEMBER)).put('questionnaires', randomUUID(), SHORT_QUESTIONNAIRE);
    await joinNeighbour(page, proxy.url, server);
    proxy.fault(isPush, { kind: 'cut request' });
    await answerShortly(page, 'Huye');
    const findings: string[] = [];
    for (const screen of WORKSPACE_SCREENS) findings.push(...(await axeFindings(page, proxy.url, screen, colorScheme)));
    expect(findings).toEqual([]);
  });

  it('on the screens of the owner', async () => {
    const { proxy, page, questionnaireId } = await setSceneSignedIn(onTestFinished);
    const findings: string[] = [];
    for (const screen of await furnish(page, proxy.url, questionnaireId)) findings.push(...(await axeFindings(page, proxy.url, screen, colorScheme)));
    expect(findings).toEqual([]);
  });
});

/**
 * What a machine can tell of accessibility, on every screen.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { launch, newProfile } from '../harness/browser.ts';
import { GATE_SCREENS, axeFindings, furnish, linkScreens, makeLinks } from '../harness/screens.ts';
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

  it('on the screens of the owner', async () => {
    const { proxy, page, questionnaireId } = await setSceneSignedIn(onTestFinished);
    const findings: string[] = [];
    for (const screen of await furnish(page, proxy.url, questionnaireId)) findings.push(...(await axeFindings(page, proxy.url, screen, colorScheme)));
    expect(findings).toEqual([]);
  });
});

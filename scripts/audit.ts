/**
 * The audits themselves, run by `audit.mjs` on the pinned Node.
 */
import type { Page } from 'playwright';
import { launchBare, type BareBrowser } from '../tests/harness/browser.ts';
import { signIn } from '../tests/harness/app.ts';
import { GATE_SCREENS, axeFindings, furnish, type ScreenToSee } from '../tests/harness/screens.ts';
import { setScene } from '../tests/harness/scene.ts';
import { CATEGORIES, auditMobile, auditPwa, type Audited } from './lighthouse.ts';

const LEAST_SCORE = 95;
/** The screens of the owner that Lighthouse looks at; axe looks at all. */
const MAIN_SCREENS: ReadonlySet<string> = new Set(['home', 'fill', 'my responses', 'response', 'manage']);

type Row = Readonly<Record<string, string | number>>;

const undos: (() => Promise<void>)[] = [];
try {
  process.exitCode = (await audit()) ? 0 : 1;
} finally {
  for (const undo of undos.toReversed()) await undo();
}

/** @returns whether all of it is good */
async function audit(): Promise<boolean> {
  const { server, profile, questionnaireId } = await setScene((undo) => undos.push(undo));
  const browser = await launchBare((undo) => undos.push(undo), profile);
  const { url } = server;
  const rows: Row[] = [];
  const problems: string[] = [];

  const look = async (page: Page, screens: readonly ScreenToSee[], isMain: (screen: ScreenToSee) => boolean): Promise<void> => {
    for (const screen of screens) {
      const scores = isMain(screen) ? judge(screen.name, await auditMobile(url + screen.path, browser.port), problems) : {};
      const findings = [...(await axeFindings(page, url, screen, 'light')), ...(await axeFindings(page, url, screen, 'dark'))];
      problems.push(...findings);
      rows.push({ screen: screen.name, ...scores, axe: findings.length });
    }
  };
  const page = await newPage(browser);
  await look(page, GATE_SCREENS, (screen) => screen === GATE_SCREENS[0]);
  await signIn(page, url);
  await look(page, await furnish(page, url, questionnaireId), (screen) => MAIN_SCREENS.has(screen.name));

  const pwa = await auditPwa(`${url}/`, browser.port);
  problems.push(...pwa.shortfalls.map((each) => `pwa: ${each}`));
  if (pwa.scores['pwa'] !== 100) problems.push(`pwa: ${pwa.scores['pwa']} of 100`);

  console.table(rows);
  console.log(`PWA (Lighthouse 10.4.0): ${pwa.scores['pwa']} of 100`);
  console.log(problems.length === 0 ? 'Nothing to mend.' : `\nTo mend:\n${problems.join('\n')}`);
  return problems.length === 0;
}

async function newPage(browser: BareBrowser): Promise<Page> {
  const { context } = await browser.attach();
  return context.newPage();
}

/** Adds what is short of the promise to the problems. */
function judge(screen: string, { scores, shortfalls }: Audited, problems: string[]): Row {
  const short = CATEGORIES.filter((category) => (scores[category] ?? 0) < LEAST_SCORE);
  if (short.length > 0) problems.push(...short.map((category) => `${screen}: ${category} ${scores[category] ?? 0} of 100`), ...shortfalls.map((each) => `${screen}: ${each}`));
  return scores;
}

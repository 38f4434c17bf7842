/**
 * `docs/benchmarks.md`, written from a run.
 */
import type { Results } from './results.ts';
import {
  asMarkdown,
  changesTable,
  floorsTable,
  growthTable,
  hardTable,
  number,
  promisesTable,
  ratiosTable,
  sizesTable,
  timesTable,
  trafficTable,
  type Abouts,
} from './tables.ts';

interface Chart {
  readonly n: number;
  /** From the page. */
  readonly path: string;
}

/** @param sizes that everybody was measured with */
export function benchmarksPage(results: Results, sizes: readonly number[], abouts: Abouts, charts: readonly Chart[]): string {
  const { cpu, cores, memoryGb, system, node, browser, at, command, kills, tookSeconds } = results.machine;
  const told = [...abouts.values()];
  const growth = growthTable(results);
  const chartOf = (n: number): string => charts.filter((chart) => chart.n === n).map(({ path }) => `![Milliseconds with ${number(n)} rows, as bars; the same figures as in the table below](${path})`).join('');
  return `# Benchmarks

Written by \`${command}\` on ${at.slice(0, 10)}, in ${tookSeconds} seconds; what it measured is in
[bench/results/latest.json](../bench/results/latest.json). ${cores} cores of ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, Chromium ${browser}.

Every contender does the same work on the same rows (responses of about 350 bytes), one after another in each round, each
time on a device and with a server that are new. Milliseconds are measured in the page: the median of all rounds, and the
least and the most in brackets, which are equal where there was time for one round alone. Whoever would need more
than a minute for a size is left out of it; *not done* is what did not get to its end. After each work the rows on the
server are counted: what is lost or doubled is said beside the time. How it is measured is in
[decision 0023](decisions/0023-benchmarks.md), how the peers were chosen in [the peers](benchmarks-peers.md).
${sizes
  .map(
    (n) => `
## ${number(n)} rows

${chartOf(n)}

Milliseconds:

${asMarkdown(timesTable(results, n, abouts))}

HTTP requests / bytes both ways, headers included:

${asMarkdown(trafficTable(results, n, abouts))}
`,
  )
  .join('')}
## When something goes wrong

Lost and doubled rows, of all that were called saved. ${kills === 0 ? '' : `The browser is killed ${kills} times with SIGKILL at moments by chance,
half of them in (a), half in (b), everybody’s page in it; then it is started again with the network well. `}The wrong answers last three seconds. In the end everybody has
ten seconds to say that all is sent, and ten more on a page that was loaded anew, as a person would; what has not arrived
by then counts as lost.

${asMarkdown(hardTable(results, abouts))}

What each one's word is worth:

${asMarkdown(promisesTable(results, 1_000, abouts))}

## Outpost and the floors

A floor is what the browser does without any library. Ratios of the medians:

${asMarkdown(ratiosTable(results))}

${asMarkdown(changesTable(results))}

Milliseconds of the floors; those with a transaction for each row are measured with the least rows alone:

${asMarkdown(floorsTable(results))}
${growth.rows.length === 0 ? '' : `
How the times of Outpost and the floors grow with the rows. localStorage takes 5,242,880 characters in Chromium: 10,000 bare
rows, as the floors write them, but with Outpost’s bookkeeping some 8,700. What finds no room there is in the journal alone,
in IndexedDB, and in the list all the same; nothing is evicted here. So 8,000 rows say how Outpost grows, and 10,000 what a full
localStorage costs; (e) is then the list of what found room, and the rest is in it once the journal was read.

${asMarkdown(growth)}
`}
## Sizes

${asMarkdown(sizesTable(results, abouts))}

## How each is set up

${told.map(({ title, setUp }) => `- **${title}**: ${setUp}`).join('\n')}

## What is unfair

${told.flatMap(({ title, unfair }) => unfair.map((each) => `- **${title}**: ${each}`)).join('\n')}
- **All with a worker**: the browser believes itself online while the page and the server are cut, so it fires Background Sync once in (a), in vain; when the network is back it is fired by hand, as the browser would.
${told.flatMap(({ title, cannot = {} }) => Object.entries(cannot).map(([work, why]) => `- **${title}**, (${work}): ${why}`)).join('\n')}
`.replace(/\n+$/, '\n');
}

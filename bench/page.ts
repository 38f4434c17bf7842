/**
 * `docs/benchmarks.md`, written from a run.
 */
import type { About } from './contract.ts';
import type { Results } from './results.ts';
import { asMarkdown, changesTable, floorsTable, ratiosTable, sizesTable, timesTable, trafficTable } from './tables.ts';

/** @param abouts by the name of the contender */
export function benchmarksPage(results: Results, abouts: ReadonlyMap<string, About>, charts: readonly string[]): string {
  const titleOf = (contender: string): string => abouts.get(contender)?.title ?? contender;
  const { cpu, cores, memoryGb, system, node, browser } = results.machine;
  const sizes = [...new Set(results.rows.map(({ n }) => n))].filter((n) => n > 0);
  const told = [...abouts.values()];
  return `# Benchmarks

Written by \`${results.command}\` on ${results.at.slice(0, 10)}; what it measured is in
[bench/results/latest.json](../bench/results/latest.json). ${cores} cores of ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, Chromium ${browser}.

Every contender does the same work on the same rows (responses of about 350 bytes), one after another in each round, each
time on a device and with a server that are new. Milliseconds are measured in the page: the median of all rounds, and the
least and the most in brackets. After each work the rows on the server are counted: what is lost or doubled is said beside
the time. How it is measured is in [decision 0023](decisions/0023-benchmarks.md), how the peers
were chosen in [the peers](benchmarks-peers.md).

${charts.map((chart) => `![Times as bars](${chart})`).join('\n')}

## Outpost and the floors

A floor is what the browser does without any library. Ratios of the medians:

${asMarkdown(ratiosTable(results))}

${asMarkdown(changesTable(results))}

Milliseconds of the floors:

${asMarkdown(floorsTable(results))}
${sizes
  .map(
    (n) => `
## ${n.toLocaleString('en')} rows

Milliseconds:

${asMarkdown(timesTable(results, n, titleOf))}

HTTP requests / bytes both ways, headers included:

${asMarkdown(trafficTable(results, n, titleOf))}
`,
  )
  .join('')}
## Sizes

${asMarkdown(sizesTable(results, titleOf))}

## How each is set up

${told.map(({ title, setUp }) => `- **${title}**: ${setUp}`).join('\n')}

## What is unfair

${told.flatMap(({ title, unfair }) => unfair.map((each) => `- **${title}**: ${each}`)).join('\n')}
- **All with a worker**: the browser believes itself online while the page and the server are cut, so it fires Background Sync once in (a), in vain; when the network is back it is fired by hand, as the browser would.
${told.flatMap(({ title, cannot = {} }) => Object.entries(cannot).map(([work, why]) => `- **${title}**, (${work}): ${why}`)).join('\n')}
`.replace(/\n+$/, '\n');
}

/**
 * `docs/benchmarks-server.md`, written from a run.
 */
import { asMarkdown } from '../tables.ts';
import type { ServerResults } from './results.ts';
import { sizingTable } from './sizing.ts';
import { countTable, memoryTable, pullTable, pushTable } from './tables.ts';

export function serverPage(results: ServerResults): string {
  const { machine, postgres, rounds, memory } = results;
  const sizing = sizingTable(results);
  const { cpu, cores, memoryGb, system, node, at, command, tookSeconds } = machine;
  return `# Benchmarks of the server

Written by \`${command}\` on ${at.slice(0, 10)}, in ${tookSeconds} seconds; what it measured is in
[bench/results/server-latest.json](../bench/results/server-latest.json). ${cores} cores of ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, PostgreSQL ${postgres}.

One server process on each store, on one machine with whoever asks it and with PostgreSQL. What it made of its figures is in
[decision 0030](decisions/0030-server-speed.md); how to go further than one process is in [scaling](scaling.md).

## Pushes

New responses of about 350 bytes, each pushed once, by clients that push again as soon as they are answered: one by one
(\`PUT /api/v1/responses/{id}\`) or many in a request (\`POST /api/v1/sync\`). An answer means that they are on the disk: SQLite with
\`synchronous=FULL\`, PostgreSQL with \`fsync\` and \`synchronous_commit\` on. HTTP/1.1 over connections that are kept alive, no TLS, no
compression; a key and a device for each client, all of one workspace, which is the hard case: its commits come one after the other.

The **floor** is the same rows, ready made, into the same tables with the same indexes straight through the driver, by one
connection and with the same durability; as many in a transaction as the clients have under way at most, or 2,000 if that is less. Nothing
is asked, checked, looked up, compared, counted or answered there. Floor and server take turns, ${rounds} rounds of all; medians of the
rounds, the least and the most in brackets, ratios of the same round.

${asMarkdown(pushTable(results))}

What the database holds in the end:

${asMarkdown(countTable(results))}

## Pulls

The last changes of a great many rows, one request after the other: \`GET /api/v1/responses?since=\`; the plain query for the same rows by
their index, straight through the driver; and \`GET /api/v1/health\`, which is what HTTP and its headers cost, and one empty question to the database. Medians of
the three in turn, each the second of two, so that nobody sleeps. A pull also says who is asking, reads the workspace’s counter, and makes the rows into JSON.

${asMarkdown(pullTable(results))}
${memory.length === 0 ? '' : `
## Memory

A server that is asked steadily, each client a response, ten responses and a pull of what is new, again and again with a tenth of a second
between; what its process holds, by a straight line through the samples of the second half. V8 was given 128 MB for its old objects and
8 MB a half for its new ones, as in a small container, so that it collects every few seconds and takes all of its room in the first minute.

${asMarkdown(memoryTable(results))}
`}${sizing === null ? '' : `
## Ten million devices

**A calculation, and no measurement**: what is assumed stands in \`bench/server/sizing.ts\`, what follows from it in [scaling](scaling.md).

${asMarkdown(sizing)}
`}`.replace(/\n+$/, '\n');
}

/**
 * One contender's server in a process of its own, told by messages what to do: `serve.ts {module} {folder} {appFolder}`.
 */
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import type { Answer } from './peer.ts';
import { Order, ServerModule } from './peer.ts';
import { cut, traffic, watchTraffic } from './traffic.ts';

const [module = '', folder = '', appFolder = ''] = process.argv.slice(2);
watchTraffic();
const { startServer, inDriver } = v.parse(ServerModule, await import(pathToFileURL(module).href));
const server = await startServer(folder, appFolder);

async function obey(order: Order): Promise<unknown> {
  switch (order.kind) {
    case 'seed':
      return server.seed(order.rows);
    case 'change':
      return server.change(order.references);
    case 'references':
      return server.references();
    case 'traffic':
      return traffic();
    case 'cut':
      return cut(order.isCut);
    case 'in driver':
      return inDriver?.(folder, order.rows, order.isBulk);
    default: {
      const never: never = order;
      return never;
    }
  }
}

function say(answer: Answer): void {
  process.send?.(answer);
}

process.on('message', (message) => {
  const { id, order } = v.parse(v.object({ id: v.number(), order: Order }), message);
  obey(order).then(
    (value) => say({ id, value }),
    (error: unknown) => say({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// The parent is gone, or done with this server.
process.once('disconnect', () => process.exit(0));
say({ id: 0, value: { url: server.url, questionnaireId: server.questionnaireId } });

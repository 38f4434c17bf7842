/** A server of somebody else's project: starts, asks itself how it is, prints that and ends. */
import { createServer, type OutpostServer } from 'outpost/server';

const server: OutpostServer = await createServer({ dataDir: process.argv[2] ?? 'data' });
const port = await server.listen({ host: '127.0.0.1', port: 0 });
const answer = await fetch(`http://127.0.0.1:${port}/api/v1/health`);
console.log(await answer.text());
await server.close();

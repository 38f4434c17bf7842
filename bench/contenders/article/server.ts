/** The recipe needs a server that answers with `ClientId` and `ServerId`: Outpost's does. */
export { startServer } from '../outpost/server.ts';

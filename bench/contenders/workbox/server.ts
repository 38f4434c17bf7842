/** The same for all that speak plain Backbone. */
export { startServer } from '../outpost/server.ts';

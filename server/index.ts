/**
 * The sync server, to be embedded: `createServer(options)`, then `listen`.
 */
import { randomBytes as cryptoBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import * as v from 'valibot';
import { BASE_PATH, HEADER, PROTOCOL_VERSION } from '../protocol/index.ts';
import type { Accounts, NewAccount } from './accounts/accounts.ts';
import { Attempts, DOOR_LIMITS, SIGN_IN_LIMITS } from './accounts/attempts.ts';
import { type People, openPeople } from './accounts/people.ts';
import { createWelcome } from './accounts/welcome.ts';
import { type Databases, openFiles, openPostgres } from './databases.ts';
import { type Route, collectRoutes } from './docs/openapi.ts';
import { docsRoutes } from './docs/routes.ts';
import { everyInterval } from './every.ts';
import { createAuthenticator, refuseOtherProtocols } from './http/authenticate.ts';
import { acceptJsonOnly } from './http/body.ts';
import { endConnectionsOnClose } from './http/connections.ts';
import { CONNECTIONS_CHECK_MS, HEADERS_TIMEOUT_MS, MAX_STRANGER_BYTES, REQUEST_RATES, REQUEST_TIMEOUT_MS, type RequestRates, limitAccounts, limitRequests } from './http/limits.ts';
import { sendGzip } from './http/pack.ts';
import { handleError } from './http/problem.ts';
import { DATA_POLICY, addSecurityHeaders } from './http/security.ts';
import { acceptGzip } from './http/unpack.ts';
import { type App, type ValibotProvider, compileValidator } from './http/validate.ts';
import { HEARTBEAT_MS, Hints } from './live/hints.ts';
import { type Log, REQUEST_ID, logAnswers, logOptions } from './ops/log.ts';
import { NO_METRICS, type Metrics, createMetrics } from './ops/metrics.ts';
import { Draining, readyRoutes } from './ops/ready.ts';
import { isApi, serveApp } from './routes/app.ts';
import { auditRoutes } from './routes/audit.ts';
import type { Context } from './routes/context.ts';
import { deviceRoutes } from './routes/devices.ts';
import { eventRoutes } from './routes/events.ts';
import { formRoutes } from './routes/form.ts';
import { healthRoutes } from './routes/health.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { keyRoutes } from './routes/keys.ts';
import { linkRoutes } from './routes/links.ts';
import { listRoutes } from './routes/list.ts';
import { memberRoutes } from './routes/members.ts';
import { passwordRoutes } from './routes/password.ts';
import { recordRoutes } from './routes/records.ts';
import { sessionRoutes } from './routes/session.ts';
import { syncRoutes } from './routes/sync.ts';
import { createRules } from './rules.ts';
import { type Committed, type Store, StoreUnavailable, StoreUnusable } from './store/store.ts';

export { StoreUnusable } from './store/store.ts';
export type { Committed } from './store/store.ts';

/** Where a server keeps what it stores, and what else it is given; only `dataDir` has to be said. */
export interface ServerOptions {
  /** Folder of the databases and the secret, created if it is not there; not used with a `databaseUrl`. */
  readonly dataDir: string;
  /** A PostgreSQL to keep everything in, which any number of servers may share: `postgres://user:password@host:5432/database`. */
  readonly databaseUrl?: string | null;
  /** Folder of the built app. */
  readonly appDir?: string;
  /** Milliseconds since 1970, for records, keys and limits. Sessions go by the machine's clock. */
  readonly now?: () => number;
  /** Unguessable bytes for the ids of records; those of the system if it is not given. */
  readonly randomBytes?: (size: number) => Buffer;
  /** Calls `work` again and again until what it returns is called: the server's only timer, also for how long it waits for PostgreSQL. */
  readonly every?: (intervalMs: number, work: () => void) => () => void;
  /** Called after a commit is durable and before its edits are answered. */
  readonly onCommitted?: (committed: readonly Committed[]) => void | Promise<void>;
  /** How much is logged, as JSON lines without answers, secrets or names; nothing if it is not given. */
  readonly log?: Log;
  /** Numbers for Prometheus at `/metrics`, for whoever brings the token, or with null for programs of this machine; none if it is not given. */
  readonly metrics?: { readonly token: string | null };
  /** Proxies whose word is taken for who is behind them, as Fastify's `trustProxy`; those of the same machine if it is not given. */
  readonly trustedProxies?: string;
  /** How often accounts and addresses may ask; null for as often as they like. */
  readonly requestRates?: RequestRates | null;
  /** How long requests may take to end, and the longest that a request may take to arrive, in milliseconds. */
  readonly graceMs?: number;
  readonly requestTimeoutMs?: number;
}

/** A server that is ready to listen. */
export interface OutpostServer {
  /** Fastify's own instance: its log, and `inject` for tests. */
  readonly app: FastifyInstance;
  /** Who may sign in. */
  readonly accounts: Accounts;
  /** Every route of the API, as Fastify was told of it. */
  readonly routes: readonly Route[];
  /** What it stores in, for programs that run beside it. */
  readonly store: Store;
  readonly people: People;
  /** The token of the one-time link that makes the first owner; null if there was an owner at the start. */
  readonly welcomeToken: string | null;
  /** Makes the first owner without the link; does nothing if there is an owner. */
  makeOwner(owner: NewAccount): Promise<void>;
  /** Resolves with the port. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  /** From now on it says not to be ready, and still answers: whoever spreads requests sends them elsewhere. */
  drain(): void;
  /** Takes no more requests, finishes those in flight, then closes the databases. */
  close(): Promise<void>;
}

const HERE = import.meta.dirname;
const TOMBSTONES_KEPT_MS = 90 * 24 * 60 * 60_000;
/** Less than the ten seconds that service managers give. */
const GRACE_MS = 8_000;
const PURGE_EVERY_MS = 24 * 60 * 60_000;

/**
 * Opens the databases and prepares the routes; `listen` starts it.
 * @throws StoreUnusable if the folder or a database in it cannot be used; its message is one line for people
 */
export async function createServer(options: ServerOptions): Promise<OutpostServer> {
  const { dataDir, databaseUrl = null, every = everyInterval } = options;
  const databases = databaseUrl === null ? openFiles(dataDir) : await openPostgres(databaseUrl, every);
  try {
    return await createServerOn(databases, options);
  } catch (error) {
    // An open connection would keep the process from ending.
    await databases.close();
    if (error instanceof StoreUnavailable) throw new StoreUnusable(`The database ${databases.name} cannot be used: ${error.message}`, { cause: error });
    throw error;
  }
}

async function createServerOn(databases: Databases, options: ServerOptions): Promise<OutpostServer> {
  const { appDir = join(HERE, '../build/app'), now = Date.now, randomBytes = cryptoBytes, every = everyInterval, onCommitted = () => {}, requestRates = REQUEST_RATES } = options;
  const people = await openPeople({ database: databases.accounts, name: databases.name, secret: databases.secret, now });
  const { accounts, audit } = people;
  const metrics = options.metrics === undefined ? NO_METRICS : createMetrics(options.metrics.token);
  const draining = new Draining();
  const hints = new Hints({ onError: (error) => app.log.error(error), tellOthers: (account) => databases.tellRecheck(account) });
  const store = await databases.openStore({
    rules: createRules(),
    now,
    randomBytes,
    onCommitted: async (committed) => {
      hints.tell(committed);
      metrics.committed(committed);
      // The edits are stored, whether or not the log can be written.
      await audit.noteCommitted(committed).catch((error: unknown) => app.log.error(error));
      await onCommitted(committed);
    },
    onNews: (committed) => hints.tell(committed),
    onRecheck: (account) => void hints.recheckHere(account),
    onGap: () => {
      void hints.tellAll((caller, query) => store.cursor(caller, query));
      void hints.beat();
    },
    onError: (error) => app.log.error(error),
  });
  const welcome = await createWelcome(accounts, store, readSample());
  const context: Context = {
    store,
    people,
    welcome,
    attempts: new Attempts(SIGN_IN_LIMITS, now),
    doors: new Attempts(DOOR_LIMITS, now),
    authenticator: limitAccounts(createAuthenticator(accounts), requestRates, now),
    hints,
    version: readVersion(),
  };
  const { app, routes } = await createApp(context, { ...options, appDir: resolve(appDir), now, requestRates, metrics, draining });

  const purge = () => store.purgeTombstones(now() - TOMBSTONES_KEPT_MS);
  await purge();
  const stopTimers = [
    every(PURGE_EVERY_MS, () => void purge().catch((error: unknown) => app.log.error(error))),
    every(HEARTBEAT_MS, () => void hints.beat()),
  ];

  return {
    app,
    accounts,
    routes,
    store,
    people,
    welcomeToken: welcome.token,
    makeOwner: (owner) => welcome.makeOwner(owner),
    drain: () => draining.begin(),
    async listen({ host, port }) {
      await app.listen({ host, port });
      const [address] = app.addresses();
      return typeof address === 'object' ? address.port : port;
    },
    async close() {
      draining.begin();
      for (const stop of stopTimers) stop();
      await app.close();
      await store.close();
      await databases.close();
    },
  };
}

interface AppOptions extends Pick<ServerOptions, 'log' | 'graceMs' | 'requestTimeoutMs' | 'trustedProxies'> {
  readonly appDir: string;
  readonly now: () => number;
  readonly requestRates: RequestRates | null;
  readonly metrics: Metrics;
  readonly draining: Draining;
}

async function createApp(context: Context, options: AppOptions): Promise<{ readonly app: FastifyInstance; readonly routes: readonly Route[] }> {
  const { appDir, log, now, requestRates, metrics, draining, graceMs = GRACE_MS, requestTimeoutMs = REQUEST_TIMEOUT_MS, trustedProxies = 'loopback' } = options;
  const app = Fastify({
    bodyLimit: MAX_STRANGER_BYTES,
    ...logOptions(log),
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
    requestTimeout: requestTimeoutMs,
    http: { headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs), connectionsCheckingInterval: Math.min(CONNECTIONS_CHECK_MS, requestTimeoutMs) },
    trustProxy: trustedProxies,
    routerOptions: { maxParamLength: 100 },
    frameworkErrors: (error, request, reply) => {
      // No hook has run for this one.
      reply.header(HEADER.protocol, PROTOCOL_VERSION).header(REQUEST_ID, request.id).headers(DATA_POLICY);
      handleError(error, request, reply);
    },
  }).withTypeProvider<ValibotProvider>();
  app.setValidatorCompiler(compileValidator);
  app.setErrorHandler(handleError);
  acceptJsonOnly(app);
  acceptGzip(app);
  app.addHook('onRequest', (request, reply, done) => {
    if (isApi(request.url)) reply.header(HEADER.protocol, PROTOCOL_VERSION);
    done();
  });
  logAnswers(app);
  endConnectionsOnClose(app, graceMs);
  await addSecurityHeaders(app);
  limitRequests(app, requestRates, now);
  metrics.serve(app, context.hints);
  const routes = collectRoutes(app);
  // After those who look at the hooks of a route: it gives one to each.
  await sendGzip(app);
  await serveApp(app, appDir);
  await app.register(async (api) => {
    apiRoutes(api, context);
    readyRoutes(api, context.store, draining);
  }, { prefix: BASE_PATH });
  docsRoutes(app, routes, context.version);
  await app.ready();
  return { app, routes };
}

function apiRoutes(api: App, context: Context): void {
  api.addHook('onRequest', refuseOtherProtocols);
  healthRoutes(api, context);
  sessionRoutes(api, context);
  memberRoutes(api, context);
  invitationRoutes(api, context);
  passwordRoutes(api, context);
  deviceRoutes(api, context);
  keyRoutes(api, context);
  linkRoutes(api, context);
  formRoutes(api, context);
  auditRoutes(api, context);
  syncRoutes(api, context);
  eventRoutes(api, context);
  listRoutes(api, context);
  recordRoutes(api, context);
}

function readSample(): Record<string, unknown> {
  return readJson('../forms/sample/drinking-water.json', v.record(v.string(), v.unknown()));
}

function readVersion(): string {
  return readJson('../package.json', v.object({ version: v.string() })).version;
}

function readJson<S extends v.GenericSchema>(path: string, schema: S): v.InferOutput<S> {
  return v.parse(schema, JSON.parse(readFileSync(join(HERE, path), 'utf8')));
}

/**
 * Server, proxy and signed-in browser, as most tests begin.
 */
import { randomUUID } from 'node:crypto';
import type { BrowserContext, Page } from 'playwright';
import { apiOf, type Api } from './api.ts';
import { SHORT_QUESTIONNAIRE, signIn } from './app.ts';
import { launch, newProfile, type Profile } from './browser.ts';
import type { Later } from './later.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { startServer, type TestServer } from './server.ts';

export interface Scene {
  readonly server: TestServer;
  readonly proxy: Proxy;
  readonly api: Api;
  readonly profile: Profile;
  /** The ServerId of `SHORT_QUESTIONNAIRE`. */
  readonly questionnaireId: string;
}

/** A server with the sample and the short questionnaire, and a network that can be made bad. */
export async function setScene(later: Later): Promise<Scene> {
  const server = await startServer(later);
  const proxy = await startProxy(later, server);
  const api = await apiOf(server.url);
  const questionnaireId = await api.put('questionnaires', randomUUID(), SHORT_QUESTIONNAIRE);
  return { server, proxy, api, profile: await newProfile(later), questionnaireId };
}

/** The same with a browser in which the owner is signed in, by way of the proxy. */
export async function setSceneSignedIn(later: Later): Promise<Scene & { context: BrowserContext; page: Page }> {
  const scene = await setScene(later);
  const context = await launch(later, scene.profile);
  const page = context.pages()[0] ?? (await context.newPage());
  await signIn(page, scene.proxy.url);
  return { ...scene, context, page };
}

/**
 * A second person on the same server.
 */
import type { Page } from 'playwright';
import { createServer } from '../../server/index.ts';
import { invitationOf } from './api.ts';
import { OWNER, type TestServer } from './server.ts';

export const MEMBER = { name: 'Ben', email: 'ben@example.org', password: 'another long pass phrase' } as const;

export const NEIGHBOURS_WORKSPACE = 'Ben’s workspace';

/** Makes `MEMBER` the owner of another workspace; the server is stopped meanwhile. */
export async function addNeighbour(server: TestServer): Promise<void> {
  await server.stop();
  const opened = await createServer({ dataDir: server.dataDir });
  await opened.accounts.createOwner(MEMBER);
  await opened.close();
  await server.start();
}

/** Whoever is signed in on the page is let into that workspace, by an invitation, and is there then. */
export async function joinNeighbour(page: Page, url: string, server: TestServer): Promise<void> {
  const token = await invitationOf(server.url, MEMBER, 'collector');
  await page.goto('about:blank');
  await page.goto(`${url}/join#${token}`);
  await page.getByRole('button', { name: 'Join as' }).click();
  await page.locator('.brand', { hasText: NEIGHBOURS_WORKSPACE }).waitFor();
}

/** Makes `MEMBER` in the owner's workspace; the server is stopped meanwhile. */
export async function addMember(server: TestServer): Promise<void> {
  await server.stop();
  const opened = await createServer({ dataDir: server.dataDir });
  const owner = await opened.accounts.signIn(OWNER.email, OWNER.password);
  const workspace = owner?.workspaces[0];
  if (workspace === undefined) throw new Error('The owner has no workspace.');
  await opened.accounts.createMember(workspace.Id, MEMBER);
  await opened.close();
  await server.start();
}

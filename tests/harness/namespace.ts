/**
 * A network of two machines and one cable: a namespace that holds the browser, and the cable to the server can be pulled.
 * The browser itself sees the link go down, as it does when a phone leaves coverage.
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder, type Later } from './later.ts';

export interface Namespace {
  /** The server's end of the cable: an address for it to listen on. */
  readonly serverHost: string;
  /** Path of a script that runs Chromium inside. */
  readonly chromium: string;
  linkDown(): void;
  linkUp(): void;
}

/** @returns null if namespaces can be made here, else why not */
export function whyNoNamespaces(): string | null {
  if (process.platform !== 'linux') return 'network namespaces exist on Linux only';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const name = `outpost-try-${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (made.error) return 'the command "ip" is not installed';
  if (made.status !== 0) return `network namespaces are not allowed here: ${made.stderr.trim()}`;
  const cable = spawnSync('ip', ['link', 'add', `opt${process.pid}`, 'type', 'veth', 'peer', 'name', 'veth0', 'netns', name], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'delete', name]);
  return cable.status === 0 ? null : `virtual cables are not allowed here: ${cable.stderr.trim()}`;
}

export async function makeNamespace(later: Later): Promise<Namespace> {
  const name = `outpost-${process.pid}`;
  const outer = `op${process.pid}`;
  // Four addresses of the range that is kept free for tests of networks (RFC 2544), so that they meet no real ones; which
  // four the process id says, so that they do not meet those of another run either.
  const network = `198.18.${(process.pid >> 6) & 255}`;
  const first = (process.pid & 63) * 4;
  const serverHost = `${network}.${first + 1}`;
  later(async () => {
    ip('netns', 'delete', name);
    await Promise.resolve();
  });
  ip('netns', 'add', name);
  ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', 'veth0', 'netns', name);
  // Addresses that IPv6 gives itself a second later would make Chromium break off what it is loading.
  ip('netns', 'exec', name, 'sh', '-c', 'for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do [ ! -e "$file" ] || echo 1 > "$file"; done');
  ip('addr', 'add', `${serverHost}/30`, 'dev', outer);
  ip('link', 'set', outer, 'up');
  ip('-n', name, 'addr', 'add', `${network}.${first + 2}/30`, 'dev', 'veth0');
  ip('-n', name, 'link', 'set', 'lo', 'up');
  ip('-n', name, 'link', 'set', 'veth0', 'up');

  const chromium = join(await temporaryFolder(later, 'namespace'), 'chromium');
  await writeFile(chromium, `#!/bin/sh\nexec ip netns exec ${name} "$CHROMIUM_PATH" "$@"\n`, { mode: 0o755 });
  return {
    serverHost,
    chromium,
    linkDown: () => ip('-n', name, 'link', 'set', 'veth0', 'down'),
    linkUp: () => ip('-n', name, 'link', 'set', 'veth0', 'up'),
  };
}

function ip(...args: string[]): void {
  const done = spawnSync('ip', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`ip ${args.join(' ')}: ${done.stderr}`);
}

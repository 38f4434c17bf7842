/**
 * Counts what goes over the sockets of this process's servers, and lets nothing through while there is to be no network.
 */
import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import * as v from 'valibot';

/** Since the process began. */
export interface Traffic {
  /** Of HTTP. */
  readonly requests: number;
  /** Both ways, headers included. */
  readonly bytes: number;
}

const OnSocket = v.object({ socket: v.instance(Socket) });

const open = new Set<Socket>();
let requests = 0;
let bytesOfClosed = 0;
let isCut = false;

/** Call it before the first server is made. */
export function watchTraffic(): void {
  subscribe('net.server.socket', (message) => {
    const { socket } = v.parse(OnSocket, message);
    if (isCut) return void socket.destroy();
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      bytesOfClosed += bytesOf(socket);
    });
  });
  subscribe('http.server.request.start', () => {
    requests += 1;
  });
}

export function traffic(): Traffic {
  return { requests, bytes: [...open].reduce((sum, socket) => sum + bytesOf(socket), bytesOfClosed) };
}

/** Breaks every connection, and each that is made, until it is called with false. */
export function cut(wanted: boolean): void {
  isCut = wanted;
  if (wanted) for (const socket of open) socket.destroy();
}

function bytesOf(socket: Socket): number {
  return socket.bytesRead + socket.bytesWritten;
}

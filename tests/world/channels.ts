/**
 * The broadcast channels of one browser: a message reaches the other tabs a little later, in the order of sending.
 */
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Life } from './life.ts';
import { Listeners } from './surroundings.ts';

const MAX_DELAY_MS = 8;

interface Member {
  readonly name: string;
  readonly life: Life;
  readonly listeners: Listeners;
}

export class Channels {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #members = new Set<Member>();
  #last = 0;

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /** The class `BroadcastChannel` of one program. */
  view(life: Life): unknown {
    const members = this.#members;
    const send = (from: Member, data: unknown): void => this.#send(from, data);
    return class extends Listeners {
      readonly #member: Member;

      constructor(name: string) {
        super();
        this.#member = { name, life, listeners: this };
        members.add(this.#member);
        life.atDeath(() => members.delete(this.#member));
      }

      postMessage(data: unknown): void {
        life.step('message');
        if (life.isAlive) send(this.#member, structuredClone(data));
      }

      close(): void {
        members.delete(this.#member);
      }
    };
  }

  #send(from: Member, data: unknown): void {
    this.#last = Math.max(this.#last, this.#clock.now + this.#chance.below(MAX_DELAY_MS));
    for (const member of this.#members) {
      if (member === from || member.name !== from.name) continue;
      this.#clock.after(this.#last - this.#clock.now, () => {
        if (member.life.isAlive && this.#members.has(member)) member.listeners.dispatch('message', { data: structuredClone(data) });
      });
    }
  }
}

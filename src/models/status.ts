/**
 * What the frame around the screens shows, and the one clock that relative times follow.
 */
import Backbone from 'backbone';
import type { Summary } from '../sync/types.ts';

interface StatusAttributes {
  summary: Summary;
  /** Whether the browser says that there is a network; it may be wrong when it says yes. */
  online: boolean;
  updateReady: boolean;
  /** Whether the person belongs to no workspace any more. */
  removed: boolean;
  /** Whether what waits is sent also while no tab is open. */
  sendsWhenClosed: boolean;
  /** `prompt`: the browser offers to install; `ios`: a person has to do it by hand; `no`: installed, or not possible. */
  install: 'no' | 'prompt' | 'ios';
  /** Now, in milliseconds since 1970; moves on every half minute. */
  nowMs: number;
}

const NOTHING_KNOWN: Summary = { waiting: 0, lastSentAt: null, connection: 'unknown' };

/** `change:nowMs` is the tick; `change:summary` follows the engine. */
export class Status extends Backbone.Model<StatusAttributes> {
  override defaults(): StatusAttributes {
    return { summary: NOTHING_KNOWN, nowMs: Date.now(), online: navigator.onLine, updateReady: false, removed: false, sendsWhenClosed: false, install: 'no' };
  }

  get summary(): Summary {
    return this.get('summary') ?? NOTHING_KNOWN;
  }

  get nowMs(): number {
    return this.get('nowMs') ?? 0;
  }

  get isOffline(): boolean {
    return this.get('online') === false || this.summary.connection === 'offline';
  }
}

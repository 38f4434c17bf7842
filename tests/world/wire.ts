/**
 * The wire between a browser and the server. On a good day it answers in a moment; on a bad one it drops, delays,
 * doubles and reorders, and others answer in the server's place.
 */
import type { Chance } from './chance.ts';
import type { Clock } from './clock.ts';

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Weather = 'good' | 'bad' | 'off';

const PORTAL: WireAnswer = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Accept our terms to go on.</html>' };
const FROM_SERVER = { 'outpost-protocol': '1' };
const BUSY: readonly WireAnswer[] = [
  { status: 503, headers: { ...FROM_SERVER, 'retry-after': '7' }, body: '{}' },
  { status: 429, headers: { ...FROM_SERVER, 'retry-after': '3' }, body: '{}' },
  { status: 500, headers: FROM_SERVER, body: '{}' },
  { status: 502, headers: {}, body: '<html>Bad gateway</html>' },
];

const GOOD_DELAY_MS = 60;
const BAD_DELAY_MS = 20_000;
/** Longer than anybody waits for an answer. */
const NEVER_MS = 120_000;

export class Wire {
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #serve: (request: WireRequest) => Promise<WireAnswer>;

  constructor(clock: Clock, chance: Chance, serve: (request: WireRequest) => Promise<WireAnswer>) {
    this.#clock = clock;
    this.#chance = chance;
    this.#serve = serve;
  }

  /** Calls `answer` with what comes back, or with null when nothing does. @param weather is asked again on the way back */
  send(request: WireRequest, weather: () => Weather, answer: (answer: WireAnswer | null) => void): void {
    const today = weather();
    if (today === 'off') {
      this.#clock.after(1, () => answer(null));
      return;
    }
    const back = (given: WireAnswer | null, delayMs: number): void =>
      void this.#clock.after(delayMs, () => answer(weather() === 'off' ? null : given));
    if (today === 'good') {
      this.#clock.after(this.#chance.below(GOOD_DELAY_MS), async () => back(await this.#serve(request), this.#chance.below(GOOD_DELAY_MS)));
      return;
    }
    const fate = this.#chance.next();
    if (fate < 0.1) back(null, this.#delay());
    else if (fate < 0.15) back(null, NEVER_MS);
    else if (fate < 0.2) back(PORTAL, this.#delay());
    else if (fate < 0.3) back(BUSY[this.#chance.below(BUSY.length)] ?? PORTAL, this.#delay());
    else {
      this.#clock.after(this.#delay(), async () => this.#answered(await this.#serve(request), fate, back));
      // A proxy sends it once more, at any later time; nobody hears that answer.
      if (fate < 0.45) this.#clock.after(this.#delay() * 4, async () => void (await this.#serve(request)));
    }
  }

  #answered(given: WireAnswer, fate: number, back: (given: WireAnswer | null, delayMs: number) => void): void {
    if (fate < 0.55) back(null, this.#delay());
    else if (fate < 0.6) back(null, NEVER_MS);
    else if (fate < 0.65) back({ ...given, body: given.body.slice(0, given.body.length / 2) }, this.#delay());
    else if (fate < 0.7) back(BUSY[2] ?? given, this.#delay());
    else back(given, this.#delay());
  }

  /** Mostly short, at times very long. */
  #delay(): number {
    return Math.floor(BAD_DELAY_MS * this.#chance.next() ** 4) + 1;
  }
}

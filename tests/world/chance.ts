/**
 * Chance from a seed: the same seed, the same history.
 */

export class Chance {
  #state: number;

  /** @param seed an integer; only its lowest 32 bits count */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0 up to, and never, 1. The generator is known as mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 up to, and never, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  hits(probability: number): boolean {
    return this.next() < probability;
  }

  bytes(size: number): Buffer {
    return Buffer.from(Array.from({ length: size }, () => this.below(256)));
  }

  uuid(): `${string}-${string}-${string}-${string}-${string}` {
    const hex = this.bytes(16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

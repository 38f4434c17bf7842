/**
 * Changes to a submitted response that are not saved yet. They are kept apart from the response, since that one may be
 * sent at any moment, and half an edit must not be.
 */
import * as v from 'valibot';
import type { Answers } from '../../forms/index.ts';
import { words } from '../words.ts';

const Kept = v.record(v.string(), v.union([v.string(), v.number(), v.array(v.string()), v.null()]));

/** `account` and the id that the response was made under: an id that changes meanwhile changes nothing here. */
export class UnsavedEdit {
  private readonly storage: Storage;
  private readonly key: string;

  constructor(storage: Storage, account: string, responseId: string) {
    this.storage = storage;
    this.key = `outpost.edit.${account}.${responseId}`;
  }

  /** The changed answers, or null if there are none or they cannot be read. */
  get answers(): Answers | null {
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), this.storage.getItem(this.key));
    return read.success ? read.output : null;
  }

  /** @throws when the storage is full; the message is for people */
  keep(answers: Answers): void {
    try {
      this.storage.setItem(this.key, JSON.stringify(answers));
    } catch (cause) {
      throw new Error(words.fill.notKept, { cause });
    }
  }

  forget(): void {
    this.storage.removeItem(this.key);
  }
}

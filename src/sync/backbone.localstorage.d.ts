/** The part of backbone.localstorage 2.1.0 that the engine builds on; the package has no types of its own. */
declare module 'backbone.localstorage' {
  import type { Model } from 'backbone';

  export class LocalStorage {
    constructor(name: string);
    readonly name: string;
    /** The ids of the rows: the index, written by `save` under the key `name`, joined by commas. */
    records: string[];
    save(): void;
    create(model: Model): unknown;
    update(model: Model): unknown;
    find(model: Model): unknown;
    findAll(): unknown[];
    destroy(model: Model): Model;
  }
}

/** The part of PouchDB that is used here; its package brings no types. */
declare module 'pouchdb' {
  interface Stored {
    readonly _id: string;
    readonly _rev: string;
  }
  interface Replication {
    readonly batch_size?: number;
    readonly batches_limit?: number;
  }
  interface Outcome {
    readonly ok: boolean;
    readonly doc_write_failures: number;
  }
  export default class PouchDB<Doc extends object = object> {
    constructor(name: string, options?: { readonly skip_setup?: boolean });
    static defaults(options: { readonly prefix: string }): typeof PouchDB;
    readonly replicate: {
      to(remote: PouchDB, options: Replication): Promise<Outcome>;
      from(remote: PouchDB, options: Replication): Promise<Outcome> & { on(event: 'change', listener: (change: { readonly docs: readonly (Doc & Stored)[] }) => void): unknown };
    };
    put(doc: Doc & { readonly _id: string }): Promise<{ readonly ok: boolean }>;
    bulkDocs(docs: readonly (Doc & { readonly _id: string })[]): Promise<({ readonly ok: true } | { readonly error: true; readonly message: string })[]>;
    allDocs(options: { readonly include_docs: true; readonly keys?: readonly string[] }): Promise<{ readonly rows: { readonly doc: Doc & Stored }[] }>;
    close(): Promise<void>;
  }
}

declare module 'express-pouchdb' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  import type PouchDB from 'pouchdb';

  interface Options {
    readonly mode: 'minimumForPouchDB' | 'fullCouchDB' | 'custom';
    readonly overrideMode?: { readonly exclude: readonly string[] };
  }
  export default function expressPouchDB(PouchDBClass: typeof PouchDB, options: Options): (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * Known faults of the page, the worker or their storage, which the world must find.
 */
import type { SourceChange } from './bundles.ts';

export interface Mutant {
  readonly name: string;
  readonly changes?: readonly SourceChange[];
  /** Keys of localStorage that no crash undoes, as if they were kept in IndexedDB. */
  readonly keptInCrashes?: (key: string) => boolean;
}

export const MUTANTS: readonly Mutant[] = [
  mutant('the queue removes before it sends', 'sw/drain.ts', '  const settled = new Set<string>();\n', '  await queue.remove(peeked, []);\n  const settled = new Set<string>();\n'),
  mutant(
    'any 2xx is an acknowledgement',
    'sw/drain.ts',
    "  return answer === null ? { kind: 'offline' } : readSyncAnswer(answer);",
    `  if (answer?.status === 200 && answer.header(HEADER.protocol) === null)
    return { kind: 'results', results: batch.map(({ Collection, Id, Revision }) => ({ Collection, ClientId: Id, Revision, Status: 'applied', ServerId: Id, Version: 1 })) };
  return answer === null ? { kind: 'offline' } : readSyncAnswer(answer);`,
  ),
  mutant('a receipt clears regardless of Revision', 'src/sync/core/receive.ts', 'const covered = revision !== null && revision >= row.revision;', 'const covered = true;'),
  { name: 'the cursor is kept in IndexedDB', keptInCrashes: (key) => key.endsWith('.cursor') },
  mutant(
    'delete, then save: a row and its journal entry go before they are written under the new id',
    'src/sync/shared-rows.ts',
    '    const before = entry.row;\n    this.rows.put(row, before.id);\n',
    `    const before = entry.row;
    if (row.id !== before.id) {
      this.rows.remove(before.id);
      return this.#ports.journal.remove(this.name, before).then(() => {
        this.rows.put(row);
        this.#reflect(row, entry);
        return this.write(row, null);
      });
    }
    this.rows.put(row, before.id);
`,
  ),
  mutant(
    'a 401 drops what was to be sent',
    'sw/drain.ts',
    "    case 'queued':\n    case 'offline':",
    "    case 'sign-in':\n      return [...batch].map(() => ({ Status: 'applied', ClientId: 'none', ServerId: 'none', Version: 1, Collection: 'none' }));\n    case 'queued':\n    case 'offline':",
  ),
  mutant('saved is said before the journal has it', 'src/sync/engine.ts', '      await collection.durable(model);\n', '      void collection.durable(model).catch(() => {});\n'),
  mutant('a pull writes over local edits', 'src/sync/core/receive.ts', "if (row.state !== 'sent' || change.Version <= row.version) return", 'if (change.Version <= row.version) return'),
  mutant('each push of a new model is under another id', 'src/sync/transport.ts', '${encodeURIComponent(row.id)}`,', '${row.version === 0 ? crypto.randomUUID() : row.id}`,'),
  mutant('rows are not kept apart by account', 'src/sync/index.ts', '`outpost.${keptAs}.${name}`', '`outpost.${name}`'),
  mutant('the worker sends without naming the account', 'sw/drain.ts', ', [HEADER.account]: account }', ' }'),
  mutant('a conflict takes the server’s side without asking', 'src/sync/core/conflict.ts', "return isOverlapping ? 'ask' :", "return isOverlapping ? 'theirs' :"),
  mutant('a merge sends this side whole', 'src/sync/core/conflict.ts', '{ attributes: fromFields(patched(there, here, changedHere)) }', '{ attributes: mine }'),
  mutant('of two tabs the last to write wins the whole row', 'src/sync/core/tabs.ts', '  if (stored === null) return row;\n', '  if (stored === null || basis !== null) return row;\n'),
  mutant('an edit made while sending has the Revision of what is sent', 'src/sync/core/row.ts', 'revision: row.revision + 1,', "revision: row.state === 'sending' ? row.revision : row.revision + 1,"),
  mutant('a start does not look into the journal', 'src/sync/core/restore.ts', '  for (const [key, row] of journalled) {\n', '  for (const [key, row] of new Map<string, Row>()) {\n'),
  mutant('the journal forgets what was removed at once', 'src/sync/journal.ts', 'const text = JSON.stringify(encodeRow(next));', "const text = next.deleted && next.state === 'sent' ? '' : JSON.stringify(encodeRow(next));"),
  mutant('the other side of a conflict is not brought up to date', 'src/sync/core/receive.ts', 'change.Version > sideOf(row)', 'row.version < 0'),
];

function mutant(name: string, file: string, from: string, to: string): Mutant {
  return { name, changes: [{ file, from, to }] };
}

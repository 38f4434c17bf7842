/**
 * What a run was measured on, when and how.
 */
import { cpus, release, totalmem, type as systemName } from 'node:os';
import * as v from 'valibot';

export const Machine = v.object({
  cpu: v.string(),
  cores: v.number(),
  memoryGb: v.number(),
  system: v.string(),
  node: v.string(),
  /** ISO 8601. */
  at: v.string(),
  command: v.string(),
  tookSeconds: v.number(),
});
export type Machine = v.InferOutput<typeof Machine>;

/** @param command as it was typed */
export function thisMachine(command: string): Machine {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${systemName()} ${release()}`,
    node: process.versions.node,
    at: new Date().toISOString(),
    command,
    tookSeconds: Math.round(performance.now() / 1_000),
  };
}

/**
 * The border: whatever comes from the network, from storage or from another tab or thread is decoded before it is used.
 */
import * as v from 'valibot';

/** What a schema makes of something from outside, or null if it is something else. Not for schemas that null itself fits. */
export function decode<const Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> | null {
  const decoded = v.safeParse(schema, input);
  return decoded.success ? decoded.output : null;
}

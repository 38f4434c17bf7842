/**
 * Who is calling.
 */
import * as v from 'valibot';
import { AccountId, Count } from './ids.ts';

/** In characters. */
export const MIN_PASSWORD_LENGTH = 8;
export const MAX_PASSWORD_LENGTH = 128;

export const SignIn = v.object({ Email: v.pipe(v.string(), v.email()), Password: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_PASSWORD_LENGTH)) });
export type SignIn = v.InferOutput<typeof SignIn>;

/** What the one-time link of the first start makes: `Token` is the link's, `POST /welcome` answers with a session. */
export const NewOwner = v.object({
  Token: v.pipe(v.string(), v.maxLength(100)),
  Name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  Email: v.pipe(v.string(), v.email(), v.maxLength(254)),
  Password: v.pipe(v.string(), v.minLength(MIN_PASSWORD_LENGTH), v.maxLength(MAX_PASSWORD_LENGTH)),
});
export type NewOwner = v.InferOutput<typeof NewOwner>;

export const Workspace = v.object({ Id: v.string(), Name: v.string(), Role: v.string() });
export type Workspace = v.InferOutput<typeof Workspace>;

export const Session = v.object({
  Account: v.object({ Id: AccountId, Email: v.string(), Name: v.string() }),
  /** The one that the account joined first before the others. */
  Workspaces: v.array(Workspace),
  /** The one that an invitation has just led to. */
  Joined: v.optional(v.string()),
});
export type Session = v.InferOutput<typeof Session>;

export const Health = v.object({ Status: v.literal('ok'), Version: v.string(), Store: v.string() });
export type Health = v.InferOutput<typeof Health>;

/** RFC 9457, `application/problem+json`. `detail` is a sentence for people. */
export const Problem = v.object({ type: v.optional(v.string()), title: v.string(), status: Count, detail: v.optional(v.string()) });
export type Problem = v.InferOutput<typeof Problem>;

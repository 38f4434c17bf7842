/**
 * The bodies of requests about people, which the server checks.
 */
import * as v from 'valibot';
import { Count, Instant, ServerId } from './ids.ts';
import { LinkLimit, Role } from './people.ts';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './session.ts';

const Name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100));
const NewPassword = v.pipe(v.string(), v.minLength(MIN_PASSWORD_LENGTH), v.maxLength(MAX_PASSWORD_LENGTH));

/** The secret part of a link: 256 random bits. It goes behind the `#` of an address and in bodies, never in a path, so that no log holds it. */
export const LinkToken = v.pipe(v.string(), v.regex(/^[\w-]{43}$/, 'the token of a link has 43 characters'));

/** `PUT /members/{Id}`. */
export const MemberChange = v.object({ Role });

/** `POST /invitations`: `Uses` people may accept it, for so many `Days`. */
export const NewInvitation = v.object({
  Role,
  Uses: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)),
  Days: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(90)),
});

/** `POST /invitations/look`: what an invitation is to, for whoever holds it; `POST /invitations/accept` for whoever is signed in. */
export const LookAtLink = v.object({ Token: LinkToken });

/** `POST /invitations/join`: makes the account, or signs in the one that has this address and password. */
export const Join = v.object({ Token: LinkToken, Name, Email: v.pipe(v.string(), v.email(), v.maxLength(254)), Password: NewPassword });

/** `POST /password`: answers with a session. */
export const NewPasswordByLink = v.object({ Token: LinkToken, Password: NewPassword });

/** `POST /keys`: without a role, the caller's own. */
export const NewKey = v.object({ Name, Role: v.optional(Role) });

/** `POST /links`. `ClosesAt` null: until somebody closes it. */
export const NewLink = v.object({ Questionnaire: ServerId, Limit: LinkLimit, ClosesAt: v.nullable(Instant) });

/** `POST /exports`: the app tells of responses that were taken out of it. */
export const Exported = v.object({ Questionnaire: ServerId, Count });

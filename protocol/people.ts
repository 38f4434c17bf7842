/**
 * Who belongs to a workspace, and how they come and go: what the server says of members, invitations, devices, keys, public
 * links and the audit log. Not in `index.ts`: the page fetches this when somebody opens a screen about people.
 */
import * as v from 'valibot';
import { AccountId, Attributes, ClientId, Count, Instant, ServerId, Version } from './ids.ts';

/**
 * An owner does everything; an editor makes questionnaires; a collector fills in and sees their own; a viewer reads
 * everybody's responses and writes nothing. Editors fill in like collectors.
 */
export const ROLES = ['owner', 'editor', 'collector', 'viewer'] as const;
export const Role = v.picklist(ROLES);
export type Role = v.InferOutput<typeof Role>;

/** `GET /members`. */
export const Member = v.object({ Id: AccountId, Name: v.string(), Email: v.string(), Role, Since: Instant });
export type Member = v.InferOutput<typeof Member>;
export const MemberList = v.object({ Members: v.array(Member) });
export type MemberList = v.InferOutput<typeof MemberList>;

/** `GET /invitations`: those that can still be accepted. */
const invitation = { Id: v.string(), Role, UsesLeft: Count, ExpiresAt: Instant, MadeAt: Instant };
export const Invitation = v.object(invitation);
export type Invitation = v.InferOutput<typeof Invitation>;
export const InvitationList = v.object({ Invitations: v.array(Invitation) });
export type InvitationList = v.InferOutput<typeof InvitationList>;
/** The token is shown this once and kept only as a hash. */
export const CreatedInvitation = v.object({ ...invitation, Token: v.string() });
export type CreatedInvitation = v.InferOutput<typeof CreatedInvitation>;

export const InvitationShown = v.object({ Workspace: v.string(), Role, ExpiresAt: Instant });
export type InvitationShown = v.InferOutput<typeof InvitationShown>;

/** `POST /members/{Id}/reset`: a link with which this person sets a new password, once. */
export const CreatedReset = v.object({ Token: v.string(), ExpiresAt: Instant });
export type CreatedReset = v.InferOutput<typeof CreatedReset>;
/** `POST /password/look`. */
export const ResetShown = v.object({ Name: v.string(), Email: v.string() });
export type ResetShown = v.InferOutput<typeof ResetShown>;

/** `GET /devices`: where the caller is signed in. `Browser` and `System` are for people; null where it is not known. */
export const SignedInDevice = v.object({
  Id: v.string(),
  Browser: v.nullable(v.string()),
  System: v.nullable(v.string()),
  SignedInAt: Instant,
  /** To the day. */
  LastUsedAt: Instant,
  /** Whether it is this one. */
  Current: v.boolean(),
});
export type SignedInDevice = v.InferOutput<typeof SignedInDevice>;
export const DeviceList = v.object({ Devices: v.array(SignedInDevice) });
export type DeviceList = v.InferOutput<typeof DeviceList>;

/** `GET /keys`: an owner's are those of everybody. `LastUsedAt` is known to the hour, null for one that never was used. */
export const Key = v.object({ Id: v.string(), Name: v.string(), Role, Account: AccountId, MadeAt: Instant, LastUsedAt: v.nullable(Instant) });
export type Key = v.InferOutput<typeof Key>;
export const KeyList = v.object({ Keys: v.array(Key) });
export type KeyList = v.InferOutput<typeof KeyList>;
/** An API key: `Key` is shown this once and kept only as a hash. */
export const CreatedKey = v.object({ Id: v.string(), Key: v.string() });
export type CreatedKey = v.InferOutput<typeof CreatedKey>;

/** How often a public link may be used: by anybody as often as they like, once by each device, or once. */
export const LinkLimit = v.picklist(['open', 'device', 'once']);
export type LinkLimit = v.InferOutput<typeof LinkLimit>;
/** `GET /links`. The token is no secret: it hangs on walls. */
export const PublicLink = v.object({ Id: v.string(), Questionnaire: ServerId, Token: v.string(), Limit: LinkLimit, ClosesAt: v.nullable(Instant), MadeAt: Instant });
export type PublicLink = v.InferOutput<typeof PublicLink>;
export const LinkList = v.object({ Links: v.array(PublicLink) });
export type LinkList = v.InferOutput<typeof LinkList>;

/** `GET /form`, with the header `Outpost-Link`: what there is to fill in. */
export const OpenForm = v.object({ Workspace: v.string(), Limit: LinkLimit, Questionnaire: v.object({ Id: ServerId, Version, Attributes }) });
export type OpenForm = v.InferOutput<typeof OpenForm>;
/** `PUT /form/{ClientId}`, with the same header and `Outpost-Device`: says that it is stored, and nothing else of it. */
export const FormStored = v.object({ ClientId, Version });
export type FormStored = v.InferOutput<typeof FormStored>;

/** What the audit log tells of. */
const AUDITED = [
  'session.begun',
  'session.ended',
  'member.added',
  'member.role',
  'member.removed',
  'invitation.made',
  'invitation.withdrawn',
  'invitation.accepted',
  'reset.made',
  'reset.used',
  'key.made',
  'key.revoked',
  'link.made',
  'link.closed',
  'questionnaire.stored',
  'questionnaire.published',
  'questionnaire.deleted',
  'response.deleted',
  'responses.exported',
] as const;
export const Audited = v.picklist(AUDITED);
export type Audited = v.InferOutput<typeof Audited>;

/** A person as the log names them: without a name if the account is gone. */
const Person = v.object({ Id: AccountId, Name: v.nullable(v.string()) });

/** `Account` did it, null for whoever runs the server; `Subject` is whom or what it was done to. No answers, no secrets. */
export const AuditEntry = v.object({
  Id: v.string(),
  At: Instant,
  Account: v.nullable(Person),
  Action: Audited,
  /** The member that it was done to. */
  Member: v.nullable(Person),
  /** The id of the record, link or key, or the name of the device. */
  Subject: v.nullable(v.string()),
  Role: v.nullable(Role),
});
export type AuditEntry = v.InferOutput<typeof AuditEntry>;
/** `GET /audit?before=&limit=`: newest first; `Next` goes into `before`, null at the end. */
export const AuditPage = v.object({ Entries: v.array(AuditEntry), Next: v.nullable(v.string()) });
export type AuditPage = v.InferOutput<typeof AuditPage>;

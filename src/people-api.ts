/**
 * The calls of the screens about people: members, invitations, devices, keys, public links, the log. All of them need the server.
 */
import * as v from 'valibot';
import { HEADER, LINK_HEADER, Session } from '../protocol/index.ts';
import {
  AuditPage,
  CreatedInvitation,
  CreatedKey,
  CreatedReset,
  DeviceList,
  FormStored,
  InvitationList,
  InvitationShown,
  KeyList,
  LinkList,
  type LinkLimit,
  MemberList,
  OpenForm,
  PublicLink,
  ResetShown,
  type Role,
} from '../protocol/people.ts';
import { type Answer, call } from './api.ts';

const nothing = v.unknown();
const at = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;

export const fetchMembers = (): Promise<Answer<MemberList>> => call('GET', '/members', MemberList);
export const changeRole = (id: string, role: Role): Promise<Answer<unknown>> => call('PUT', at('/members', id), nothing, { Role: role });
export const removeMember = (id: string): Promise<Answer<unknown>> => call('DELETE', at('/members', id), nothing);
export const makeReset = (id: string): Promise<Answer<CreatedReset>> => call('POST', `${at('/members', id)}/reset`, CreatedReset);

export const fetchInvitations = (): Promise<Answer<InvitationList>> => call('GET', '/invitations', InvitationList);
export const invite = (role: Role, uses: number, days: number): Promise<Answer<CreatedInvitation>> =>
  call('POST', '/invitations', CreatedInvitation, { Role: role, Uses: uses, Days: days });
export const withdrawInvitation = (id: string): Promise<Answer<unknown>> => call('DELETE', at('/invitations', id), nothing);

export const lookAtInvitation = (token: string): Promise<Answer<InvitationShown>> => call('POST', '/invitations/look', InvitationShown, { Token: token });
export const acceptInvitation = (token: string): Promise<Answer<Session>> => call('POST', '/invitations/accept', Session, { Token: token });
export const join = (token: string, name: string, email: string, password: string): Promise<Answer<Session>> =>
  call('POST', '/invitations/join', Session, { Token: token, Name: name, Email: email, Password: password });

export const lookAtReset = (token: string): Promise<Answer<ResetShown>> => call('POST', '/password/look', ResetShown, { Token: token });
export const setPassword = (token: string, password: string): Promise<Answer<Session>> => call('POST', '/password', Session, { Token: token, Password: password });

export const fetchDevices = (): Promise<Answer<DeviceList>> => call('GET', '/devices', DeviceList);
export const signOutDevice = (id: string): Promise<Answer<unknown>> => call('DELETE', at('/devices', id), nothing);

export const fetchKeys = (): Promise<Answer<KeyList>> => call('GET', '/keys', KeyList);
export const makeKey = (name: string, role: Role): Promise<Answer<CreatedKey>> => call('POST', '/keys', CreatedKey, { Name: name, Role: role });
export const removeKey = (id: string): Promise<Answer<unknown>> => call('DELETE', at('/keys', id), nothing);

export const fetchLinks = (questionnaireId: string): Promise<Answer<LinkList>> => call('GET', `/links?questionnaire=${encodeURIComponent(questionnaireId)}`, LinkList);
export const makeLink = (questionnaireId: string, limit: LinkLimit, closesAt: string | null): Promise<Answer<PublicLink>> =>
  call('POST', '/links', PublicLink, { Questionnaire: questionnaireId, Limit: limit, ClosesAt: closesAt });
export const closeLink = (id: string): Promise<Answer<unknown>> => call('DELETE', at('/links', id), nothing);

/** Newest first. @param before what the page before called `Next`; null for the first */
export const fetchLog = (before: string | null): Promise<Answer<AuditPage>> => call('GET', before === null ? '/audit' : `/audit?before=${before}`, AuditPage);

/** What a public link lets anybody fill in. */
export const fetchForm = (token: string): Promise<Answer<OpenForm>> => call('GET', '/form', OpenForm, undefined, { [LINK_HEADER]: token });
export const sendForm = (token: string, device: string, id: string, response: object): Promise<Answer<FormStored>> =>
  call('PUT', at('/form', id), FormStored, response, { [LINK_HEADER]: token, [HEADER.device]: device });

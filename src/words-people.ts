/**
 * The words of the screens about people, which are fetched only when somebody opens one. Otherwise as `words.ts`.
 */
import type { Audited, LinkLimit, Role } from '../protocol/people.ts';

const plural = (n: number, one: string, many: string): string => `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`;

const roles: Readonly<Record<Role, string>> = { owner: 'Owner', editor: 'Editor', collector: 'Collector', viewer: 'Viewer' };

const roleHints: Readonly<Record<Role, string>> = {
  owner: 'does everything, also invites and removes people',
  editor: 'makes questionnaires and fills them in',
  collector: 'fills in and sees their own responses',
  viewer: 'reads the results and changes nothing',
};

const limits: Readonly<Record<LinkLimit, string>> = { open: 'As often as people like', device: 'Once on each device', once: 'Once in all' };

/** Who (`by`) did it, to whom (`who`), to what (`what`), in which role; in the order of a sentence. */
interface LogParts {
  readonly by: string;
  readonly who: string;
  readonly what: string;
  readonly role: string;
}
const log: Readonly<Record<Audited, (parts: LogParts) => string>> = {
  'session.begun': ({ by, what }) => `${by} signed in${what === '' ? '' : ` with ${what}`}`,
  'session.ended': ({ by, what }) => `${by} signed out ${what === '' ? 'a device' : what}`,
  'member.added': ({ by, who, role }) => `${by} added ${who} as ${role}`,
  'member.role': ({ by, who, role }) => `${by} changed the role of ${who} to ${role}`,
  'member.removed': ({ by, who, role }) => `${by} removed ${who} (${role})`,
  'invitation.made': ({ by, role }) => `${by} made an invitation (${role})`,
  'invitation.withdrawn': ({ by, role }) => `${by} withdrew an invitation (${role})`,
  'invitation.accepted': ({ by, role }) => `${by} came by an invitation as ${role}`,
  'reset.made': ({ by, who }) => `${by} made a link with which ${who} sets a new password`,
  'reset.used': ({ who }) => `${who} set a new password by a link`,
  'key.made': ({ by, role }) => `${by} made an API key (${role})`,
  'key.revoked': ({ by, who }) => `${by} revoked an API key of ${who}`,
  'link.made': ({ by, what }) => `${by} made a public link to ${what}`,
  'link.closed': ({ by, what }) => `${by} closed a public link to ${what}`,
  'questionnaire.stored': ({ by, what }) => `${by} changed ${what}, unpublished`,
  'questionnaire.published': ({ by, what }) => `${by} published ${what}`,
  'questionnaire.deleted': ({ by, what }) => `${by} deleted ${what}`,
  'response.deleted': ({ by }) => `${by} deleted a response`,
  'responses.exported': ({ by, what }) => `${by} exported ${what === '' ? 'all responses' : `the responses to ${what}`}`,
};

export const peopleWords = {
  roles,
  roleHints,
  limits,
  log,

  loading: 'Asking the server…',
  offline: 'There is no connection to the server. This needs one.',
  again: 'Try again',
  toApp: 'Open Outpost',

  account: {
    title: 'Account',
    workspace: 'Workspace',
    workspaces: 'Your workspaces',
    here: 'open now',
    former: 'You no longer belong to it. What you saved is still here.',
    unsent: (n: number) => `${n.toLocaleString('en-GB')} not sent when it was last open`,
    moveTitle: (name: string) => `Go to ${name}?`,
    move: (n: number, from: string) =>
      `${plural(n, 'response', 'responses')} of ${from} ${n === 1 ? 'is' : 'are'} not sent yet. What is unsent stays on this device, in ${from}, and is sent from there, at the latest when you come back to it.`,
    moveButton: (name: string) => `Go to ${name}`,
    signOut: 'Sign out',
    devices: 'Your devices',
    report: 'Report a problem',
    unsentTitle: 'Sign out with unsent responses?',
    unsentText: (n: number) =>
      `${plural(n, 'response is', 'responses are')} not sent yet. What is unsent stays on this device and is sent after you sign in here again. Nobody else who signs in sees it.`,
    signOutAnyway: 'Sign out and keep them here',
  },

  people: {
    you: 'you',
    role: (name: string) => `Role of ${name}`,
    roleChanged: (name: string, role: string) => `${name} is now ${role}.`,
    more: 'More about people and programs',
    remove: 'Remove',
    removeTitle: (name: string) => `Remove ${name}?`,
    removeText: 'They are signed out everywhere at once, and their API keys stop working. What they have sent stays here; what is unsent stays on their device.',
    removed: (name: string) => `${name} was removed.`,
    reset: 'New password',
    resetTitle: (name: string) => `A new password for ${name}`,
    resetLead: (name: string, email: string, until: string) => `Give this link to ${name} and nobody else. It works once, until ${until}. They sign in with ${email}.`,
    log: 'What was done',
  },

  invite: {
    title: 'Invite people',
    lead: 'Make a link and hand it over: as a message, or as a code to scan with the camera of a phone.',
    role: 'Role',
    uses: 'How many people',
    one: 'One person',
    several: (n: number) => `Up to ${n} people`,
    days: 'Works for',
    day: (n: number) => plural(n, 'day', 'days'),
    make: 'Make an invitation',
    making: 'Making it…',
    made: (role: string) => `Invitation: ${role}`,
    madeLead: (uses: number, until: string) => `${uses === 1 ? 'For one person' : `For up to ${uses} people`}, until ${until}. It is shown only now; make another if it gets lost.`,
    open: 'Open invitations',
    line: (role: string, uses: number, until: string) => `${role} · ${uses === 1 ? 'one person' : `${uses} people`} · until ${until}`,
    withdraw: 'Withdraw',
    withdrawn: 'The invitation was withdrawn.',
  },

  keys: {
    title: 'API keys',
    lead: 'With a key a program reads and writes in this workspace, in one role, without a password. No key can invite, remove or make other keys.',
    makeTitle: 'Make a key',
    name: 'What it is for',
    nameHint: 'The list below shows this name, never the key.',
    nameMissing: 'Say in a few words what the key is for.',
    role: 'Role',
    hints: {
      owner: 'makes questionnaires, reads and changes all responses',
      editor: 'makes questionnaires and fills them in',
      collector: 'fills in, and sees what you have filled in',
      viewer: 'reads questionnaires and responses, and changes nothing',
    } satisfies Record<Role, string>,
    make: 'Make the key',
    making: 'Making it…',
    madeTitle: (name: string) => `Key: ${name}`,
    madeLead: (role: string) => `Role: ${role}. It is shown only now. Put it where the program keeps its secrets; if it gets lost, remove it and make another.`,
    key: 'Key',
    copy: 'Copy the key',
    copied: 'The key is copied.',
    notCopied: 'This browser did not let Outpost copy. Select the key and copy it yourself.',
    list: 'Keys in use',
    made: (when: string, by: string) => `made ${when} by ${by}`,
    used: (when: string) => `last used ${when}`,
    unused: 'never used',
    remove: 'Remove',
    removeTitle: (name: string) => `Remove the key “${name}”?`,
    removeText: 'Every program that uses it is refused from its next request on. What it has stored stays.',
    removed: (name: string) => `The key “${name}” is removed.`,
    none: 'No keys yet',
    noneText: 'The first one that you make appears here.',
  },

  share: {
    code: 'Code to scan with the camera of a phone',
    address: 'Link',
    copy: 'Copy the link',
    copied: 'The link is copied.',
    notCopied: 'This browser did not let Outpost copy. Select the link and copy it yourself.',
    share: 'Share',
    notShared: 'This device could not share the link. Copy it instead.',
    close: 'Done',
  },

  join: {
    title: (workspace: string) => `Join ${workspace}`,
    lead: (role: string, hint: string) => `You are invited as ${role.toLowerCase()}, who ${hint}.`,
    looking: 'Looking at the invitation…',
    lookingTitle: 'An invitation',
    known: 'If you have an account here already, enter its email and password.',
    submit: 'Join',
    busy: 'Joining…',
    as: (name: string) => `You are signed in as ${name}.`,
    asSubmit: (name: string) => `Join as ${name}`,
    goneTitle: 'This invitation does not work',
    noToken: 'The link is not complete. Open the whole link, or scan the code again.',
  },

  password: {
    title: 'A new password',
    lead: (name: string, email: string) => `${name}, choose a new password for ${email}. You are signed out everywhere else.`,
    label: 'New password',
    submit: 'Set the password',
    busy: 'Setting it…',
    goneTitle: 'This link does not work',
  },

  devices: {
    title: 'Your devices',
    lead: 'Where you are signed in. If you do not know one of them, sign it out and ask an owner for a new password.',
    here: 'this device',
    name: (browser: string | null, system: string | null) => [browser, system].filter((part) => part !== null).join(' on ') || 'A device',
    used: (when: string) => `used ${when}`,
    since: (when: string) => `signed in ${when}`,
    signOut: 'Sign out there',
    signOutTitle: (name: string) => `Sign out ${name}?`,
    signOutText: 'What is unsent stays on that device, and is sent when you sign in there again.',
    done: (name: string) => `${name} is signed out.`,
  },

  links: {
    title: 'Public links',
    lead: 'Whoever has a public link fills in without an account. They see the questions and nothing else.',
    unpublished: 'This questionnaire is not published, so its links lead nowhere yet.',
    limit: 'May be filled in',
    limitHint: '“Once on each device” goes by the browser, and does not hold against somebody who empties it.',
    closes: 'Closes at the end of',
    closesHint: 'Leave it empty to keep it open.',
    make: 'Make a public link',
    making: 'Making it…',
    none: 'No public links yet',
    noneText: 'The first one that you make appears here.',
    line: (limit: string, until: string) => `${limit} · ${until}`,
    openEnd: 'open until you close it',
    until: (when: string) => `until ${when}`,
    closed: (when: string) => `closed since ${when}`,
    show: 'Show',
    close: 'Close it',
    closeTitle: 'Close this link?',
    closeText: 'Nobody can fill in by it any more, also where it was printed. What has arrived stays.',
    closedNow: 'The link is closed.',
    forget: 'Take off the list',
    forgotten: 'The link is off the list.',
    shareTitle: 'Public link',
  },

  logScreen: {
    title: 'What was done',
    lead: 'Who did what in this workspace, newest first. No answers are in it.',
    none: 'Nothing yet',
    older: 'Show older entries',
    server: 'Whoever runs the server',
    gone: 'Somebody whose account is gone',
    questionnaire: 'a questionnaire',
  },

  form: {
    looking: 'Opening the questionnaire…',
    goneTitle: 'This link does not work',
    offlineTitle: 'No connection',
    offline: 'The questionnaire could not be fetched. Once it has been opened here, it can be filled in without a connection.',
    from: (workspace: string) => `A questionnaire of ${workspace}. Your answers go there, without your name.`,
    sentTitle: 'Thank you',
    sent: 'Your answers have arrived.',
    unsentTitle: 'Saved on this device, not sent yet',
    unsent: 'They are sent while this page is open and there is a connection. Keep it open, or come back to it later.',
    refusedTitle: 'Couldn’t send',
    sendNow: 'Send now',
    another: 'Fill in again',
    change: 'Change the answers',
  },
} as const;

/**
 * The words of the screens about questionnaires and results, which are fetched only when somebody opens one. Otherwise as `words.ts`.
 */
const plural = (n: number, one: string, many: string): string => `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`;

export const ownerWords = {
  manage: {
    title: 'Your questionnaires',
    uploadTitle: 'Add a questionnaire',
    uploadLead: 'A JSON file in Outpost’s form language.',
    choose: 'Choose a file',
    notJson: (reason: string) => `This file is not JSON: ${reason}`,
    tooLarge: 'This file is too large for a questionnaire.',
    errorsTitle: (n: number) => `${plural(n, 'thing', 'things')} to mend in this file`,
    whole: 'the file',
    checked: 'This file is fine.',
    newOne: 'Add as a new questionnaire',
    replace: (title: string, version: number) => `New version of “${title}” (now version ${version})`,
    upload: 'Upload',
    uploading: 'Uploading…',
    uploaded: (title: string) => `“${title}” is on the server.`,
    offline: 'There is no connection to the server. Uploading needs one; nothing was sent.',
    results: 'Results',
    version: (n: number) => `version ${n}`,
    unpublished: 'not published',
    links: 'Public links',
    emptyTitle: 'None yet',
    empty: 'Upload the first one above.',
  },

  results: {
    title: 'Results',
    loading: 'Fetching responses…',
    loaded: (n: number) => plural(n, 'response has arrived', 'responses have arrived'),
    offline: 'There is no connection to the server. Results are kept there, not on this device.',
    emptyTitle: 'No responses yet',
    empty: 'They appear here as they arrive.',
    download: 'Download CSV',
    again: 'Fetch again',
    newest: (n: number) => `The newest ${n} are shown. The CSV file has all of them.`,
    table: 'Responses that have arrived',
    columns: { id: 'id', version: 'version', startedAt: 'started', endedAt: 'ended' },
  },
} as const;

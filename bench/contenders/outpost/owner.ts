/** Who the pages on Outpost's server sign in as. */
export const OWNER = { name: 'Owner', email: 'owner@example.org', password: 'a long enough pass phrase' } as const;

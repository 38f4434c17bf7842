import Backbone from 'backbone';

/** The `Backbone.sync` that speaks to the server, kept aside before backbone.localstorage replaces it. */
export const serverSync = Backbone.sync;

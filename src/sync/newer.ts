/** What a newer version of the app has saved here stands in the way. It is left as it is; the message is for people. */
export class NewerData extends Error {
  constructor() {
    super('A newer version of this app has saved data here. Nothing is lost: load the page anew.');
  }
}

/** Who calls the API. */
export interface Caller {
  /** The key that signed; undefined for the console. */
  readonly secretId?: string | undefined;
  /** The applications that the key opens; undefined: all of the account's. */
  readonly subAppIds?: readonly number[] | undefined;
}

/** The account itself: the console, and keys that are not limited to an application. */
export const ACCOUNT: Caller = {};

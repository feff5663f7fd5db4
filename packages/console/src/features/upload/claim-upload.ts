/**
 * Waits until no other page of this browser has the upload, and has it until the page goes or the result is called: the page
 * that a reload replaces lets go of it, another window does not.
 * @param locks undefined where the browser has none (pages that came over plain HTTP from another machine): all are free then
 */
export function claimUpload(locks: LockManager | undefined, id: string): Promise<() => void> {
  if (locks === undefined) return Promise.resolve(() => undefined);
  return new Promise((resolve, reject) => {
    locks
      .request(`vodstack.upload.${id}`, () => new Promise<void>((release) => resolve(release)))
      .catch(reject);
  });
}

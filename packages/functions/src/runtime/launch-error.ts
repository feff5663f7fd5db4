/** No process can be started for a function. The message is for its caller: one sentence, with what to do. */
export class LaunchError extends Error {
  override readonly name: string = 'LaunchError';
}

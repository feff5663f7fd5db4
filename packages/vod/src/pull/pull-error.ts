import type { TaskErrCode } from '@vodstack/protocol';

/** Why a pull failed for good: trying again gives the same. */
export class PullError extends Error {
  override readonly name = 'PullError';
  /** 40000: the request; 60000: the source file; 70000: the service. */
  readonly errCode: TaskErrCode;

  constructor(errCode: TaskErrCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.errCode = errCode;
  }
}

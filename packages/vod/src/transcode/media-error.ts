import type { ErrCodeExt } from '@vodstack/protocol';

/** A failure with the cloud's extended error code and a sentence for the user; the message never holds a path. */
export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly errCodeExt: ErrCodeExt;

  constructor(errCodeExt: ErrCodeExt, message: string, options?: ErrorOptions) {
    super(message, options);
    this.errCodeExt = errCodeExt;
  }
}

/** A picture where a video was expected: some kinds of work take both. */
export class StillPictureError extends MediaError {}

/** A refusal to deploy an API: what was expected, what was got. `code` is the cloud's spelling. */
export class GatewayError extends Error {
  override readonly name: string = 'GatewayError';
  readonly code: 'InvalidParameterValue';

  constructor(message: string) {
    super(message);
    this.code = 'InvalidParameterValue';
  }
}

/** Whose fault an error is: the caller can correct a `user` error; a `system` error is ours to look into. */
export type ErrorKind = 'user' | 'system';

export interface ErrorEntry {
  kind: ErrorKind;
  /** What a client reads when the thrower has nothing more exact to say. */
  message: string;
}

/** The codes that any action may return: https://cloud.tencent.com/document/api/266/31777 (the messages are ours). */
export const commonErrors = {
  ActionOffline: { kind: 'user', message: 'This action is no longer available.' },
  AuthFailure: { kind: 'user', message: 'The request could not be authenticated.' },
  'AuthFailure.InvalidAuthorization': {
    kind: 'user',
    message: 'The Authorization header is not a complete TC3-HMAC-SHA256 one.',
  },
  'AuthFailure.InvalidSecretId': { kind: 'user', message: 'The SecretId is not one of an API key.' },
  'AuthFailure.MFAFailure': { kind: 'user', message: 'The multi-factor authentication failed.' },
  'AuthFailure.SecretIdNotFound': {
    kind: 'user',
    message: 'The SecretId does not exist. Check the API key.',
  },
  'AuthFailure.SignatureExpire': {
    kind: 'user',
    message:
      "The request's time differs from the server's by more than 5 minutes. Set the clock of the client.",
  },
  'AuthFailure.SignatureFailure': {
    kind: 'user',
    message: 'The signature does not match the request. Check the SecretKey.',
  },
  'AuthFailure.TokenFailure': {
    kind: 'user',
    message: 'The token of the temporary credential is wrong or no longer valid.',
  },
  'AuthFailure.UnauthorizedOperation': {
    kind: 'user',
    message: 'The API key may not perform this operation.',
  },
  DryRunOperation: { kind: 'user', message: 'The request would have succeeded, but DryRun was set.' },
  FailedOperation: { kind: 'user', message: 'The operation failed.' },
  InternalError: { kind: 'system', message: 'An internal error occurred. Report it with the RequestId.' },
  InvalidAction: { kind: 'user', message: 'The action does not exist in this product and version.' },
  InvalidParameter: { kind: 'user', message: 'A parameter has a wrong form.' },
  InvalidParameterValue: { kind: 'user', message: 'A parameter has a value that is not allowed.' },
  InvalidRequest: { kind: 'user', message: 'The request cannot be read.' },
  IpInBlacklist: { kind: 'user', message: 'The address of the client is on the blacklist.' },
  IpNotInWhitelist: { kind: 'user', message: 'The address of the client is not on the whitelist.' },
  LimitExceeded: { kind: 'user', message: 'A quota is used up.' },
  MissingParameter: { kind: 'user', message: 'The request is missing a required parameter.' },
  NoSuchProduct: { kind: 'user', message: 'The product does not exist.' },
  NoSuchVersion: { kind: 'user', message: 'The version of the API does not exist.' },
  RequestLimitExceeded: { kind: 'user', message: 'Too many requests. Try again later.' },
  'RequestLimitExceeded.IPLimitExceeded': {
    kind: 'user',
    message: 'Too many requests from this address. Try again later.',
  },
  'RequestLimitExceeded.UinLimitExceeded': {
    kind: 'user',
    message: 'Too many requests of this account. Try again later.',
  },
  RequestSizeLimitExceeded: { kind: 'user', message: 'The request is too large.' },
  ResourceInUse: { kind: 'user', message: 'The resource is in use.' },
  ResourceInsufficient: { kind: 'user', message: 'Not enough resources are left.' },
  ResourceNotFound: { kind: 'user', message: 'The resource does not exist.' },
  ResourceUnavailable: { kind: 'user', message: 'The resource is not available.' },
  ResponseSizeLimitExceeded: {
    kind: 'user',
    message: 'The response would be too large. Ask for less at a time.',
  },
  ServiceUnavailable: {
    kind: 'system',
    message: 'The service is not available at the moment. Try again later.',
  },
  UnauthorizedOperation: { kind: 'user', message: 'The operation is not permitted.' },
  UnknownParameter: { kind: 'user', message: 'The request has a parameter that the action does not know.' },
  UnsupportedOperation: { kind: 'user', message: 'The operation is not supported.' },
  UnsupportedProtocol: { kind: 'user', message: 'Only HTTP and HTTPS with GET and POST are supported.' },
  UnsupportedRegion: { kind: 'user', message: 'The region is not supported.' },
} as const;

export type CommonErrorCode = keyof typeof commonErrors;

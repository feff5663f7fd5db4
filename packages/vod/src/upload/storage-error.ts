/** The object storage's errors: code → status and default message (COS error codes, 436/7730). */
const STORAGE_ERRORS = {
  AccessDenied: { status: 403, message: 'Access Denied.' },
  BadDigest: {
    status: 400,
    message: 'The Content-MD5 that was given does not match the bytes that were received.',
  },
  EntityTooLarge: { status: 400, message: 'The object is larger than a single PUT may be (5 GB).' },
  IncompleteBody: {
    status: 400,
    message: 'The body ended before Content-Length was reached; nothing was stored.',
  },
  InternalError: { status: 500, message: 'An internal error occurred; try again.' },
  InvalidArgument: { status: 400, message: 'A parameter is not valid.' },
  InvalidPart: { status: 400, message: 'A part that was named has not been uploaded.' },
  InvalidPartOrder: { status: 400, message: 'The parts must be named in ascending order.' },
  InvalidRange: { status: 416, message: 'The range cannot be satisfied.' },
  InvalidAccessKeyId: { status: 403, message: 'The access key id does not exist.' },
  InvalidDigest: { status: 400, message: 'Content-MD5 must be the base64 form of 16 bytes.' },
  MalformedXML: { status: 400, message: 'The body is not the XML that was expected.' },
  InvalidURI: { status: 400, message: 'The URL cannot be read: it is not percent-encoded UTF-8.' },
  KeyTooLong: { status: 400, message: 'An object key may have 850 bytes at most.' },
  MethodNotAllowed: { status: 405, message: 'This method is not allowed here.' },
  NoSuchBucket: {
    status: 404,
    message: 'The path must be /cos/{bucket}/{region}/{key}, with a bucket that ApplyUpload named.',
  },
  NoSuchKey: { status: 404, message: 'The specified key does not exist.' },
  NoSuchUpload: {
    status: 404,
    message: 'The multipart upload does not exist: it was completed, aborted, or never begun.',
  },
  NotImplemented: { status: 501, message: 'This operation is not supported.' },
  RequestTimeTooSkewed: { status: 403, message: 'Request has expired' },
  SignatureDoesNotMatch: {
    status: 403,
    message: 'The signature does not match: check the SecretKey and what was signed.',
  },
  ServiceUnavailable: { status: 503, message: 'No space is left on the server; free some and try again.' },
} as const;

export type StorageErrorCode = keyof typeof STORAGE_ERRORS;

/** A refusal of the object storage, sent as its XML error document. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  readonly status: number;

  constructor(
    code: StorageErrorCode,
    message: string = STORAGE_ERRORS[code].message,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.status = STORAGE_ERRORS[code].status;
  }
}

/** The error document; the clients need its first four elements to be there and not empty. */
export function toErrorXml(error: StorageError, resource: string, requestId: string): string {
  const elements = {
    Code: error.code,
    Message: error.message,
    Resource: resource || '/',
    RequestId: requestId,
    TraceId: requestId,
  };
  const body = Object.entries(elements).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
  return `<?xml version='1.0' encoding='utf-8' ?>\n<Error>${body.join('')}</Error>\n`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[^\t\n\r -\uD7FF\uE000-\uFFFD]/g, '?');
}

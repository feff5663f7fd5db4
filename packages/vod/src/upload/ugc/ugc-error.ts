import { ApiError, type ErrorCode } from '@vodstack/protocol';

/**
 * The codes of the upload interface for clients. The cloud documents only 1001; the others are ours, and the name of the API's
 * error stands in the message.
 */
export const UGC_CODES = {
  signatureUsed: 1001,
  invalidParameter: 4000,
  invalidSignature: 4003,
  unknownSession: 4004,
  expiredSignature: 4005,
  refused: 4009,
  internal: 5000,
} as const;

/** A refusal in the form of the upload interface for clients: `{code, message}` with HTTP 200. */
export class UgcError extends Error {
  override readonly name = 'UgcError';
  readonly code: number;

  constructor(code: keyof typeof UGC_CODES, message: string) {
    super(message);
    this.code = UGC_CODES[code];
  }
}

const BY_API_CODE: ReadonlyMap<string, keyof typeof UGC_CODES> = new Map<ErrorCode, keyof typeof UGC_CODES>([
  ['InvalidParameterValue.VodSessionKey', 'unknownSession'],
  ['ResourceNotFound', 'unknownSession'],
]);

/** What the interface for clients says of an API error; undefined for what is no refusal. */
export function toUgcError(error: unknown): UgcError | undefined {
  if (error instanceof UgcError) return error;
  if (!(error instanceof ApiError) || error.code === 'InternalError') return undefined;
  const isParameter = error.code.startsWith('InvalidParameter') || error.code === 'MissingParameter';
  const code = BY_API_CODE.get(error.code) ?? (isParameter ? 'invalidParameter' : 'refused');
  return new UgcError(code, `${error.code}: ${error.message}`);
}

import { commonErrors, type CommonErrorCode, type ErrorEntry, type ErrorKind } from './common-errors.ts';
import { vodErrorCodes, type VodErrorCode } from './vod-error-codes.ts';

/** Codes of other products (the function service has its own) are texts of the same form. */
export type ErrorCode = CommonErrorCode | VodErrorCode | (string & {});

const entries: ReadonlyMap<string, ErrorEntry> = new Map(Object.entries(commonErrors));

/** The entry of the code itself or of the nearest one above it (`InternalError.DBError` → `InternalError`). */
function findEntry(code: string): ErrorEntry | undefined {
  const entry = entries.get(code);
  const dot = code.lastIndexOf('.');
  return entry ?? (dot < 0 ? undefined : findEntry(code.slice(0, dot)));
}

/** Whose fault an error with this code is; unknown families count as the caller's, as their names come from handlers. */
export function errorKind(code: ErrorCode): ErrorKind {
  return findEntry(code)?.kind ?? 'user';
}

/** An error that the client is to read: its code and message go out as they are. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  readonly code: ErrorCode;

  /** @param message default: the registry's text for the code or its family */
  constructor(code: ErrorCode, message?: string, options?: ErrorOptions) {
    super(message ?? findEntry(code)?.message ?? code, options);
    this.code = code;
  }

  get kind(): ErrorKind {
    return errorKind(this.code);
  }
}

/** @param name path of the parameter with dots, e.g. `MediaProcessTask.TranscodeTaskSet.0.Definition` */
export function missingParameter(name: string): ApiError {
  return new ApiError('MissingParameter', `The request is missing the required parameter \`${name}\`.`);
}

/** @param message a sentence that names the parameter, what was expected and what was got */
export function invalidParameter(message: string): ApiError {
  return new ApiError('InvalidParameter', message);
}

const knownVodCodes: ReadonlySet<string> = new Set(vodErrorCodes);

/**
 * A value of the right type that is not allowed: `InvalidParameterValue.FileId` where the API has a code for the
 * parameter, else plain `InvalidParameterValue`.
 * @param detail continues "The parameter `X` …", e.g. `must be at most 50 characters long, got 51.`
 */
export function invalidParameterValue(name: string, detail: string): ApiError {
  const specific = `InvalidParameterValue.${name}`;
  const code = knownVodCodes.has(specific) ? specific : 'InvalidParameterValue';
  return new ApiError(code, `The parameter \`${name}\` ${detail}`);
}

export function invalidAction(name: string): ApiError {
  const shown = JSON.stringify(name.slice(0, 100));
  return new ApiError('InvalidAction', `The action ${shown} does not exist in this product and version.`);
}

/** @param message e.g. `no event`, which clients of PullEvents compare with */
export function resourceNotFound(message: string): ApiError {
  return new ApiError('ResourceNotFound', message);
}

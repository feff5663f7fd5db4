// Error codes of processing tasks: https://cloud.tencent.com/document/product/266/50368.
// `ErrCodeExt` is "" on success; the older numeric `ErrCode` names only the family, and real receivers still read it.

/** Every ErrCodeExt with the ErrCode of its family. */
export const errCodeExt = {
  InvalidInput: 40000,
  'InvalidInput.InvalidTimeOffset': 40000,
  'InvalidInput.DefinitionNotExist': 40000,
  'InvalidInput.ConfigurationUnsupported': 40000,
  'InvalidInput.TaskDuplicated': 40000,
  'InvalidInput.PermissionDenied': 40000,
  'InvalidInput.ResultFileSizeTooLarge': 40000,
  SourceFileError: 60000,
  'SourceFileError.NoVideoMedia': 60000,
  'SourceFileError.NoVideoResolution': 60000,
  'SourceFileError.ContentMalformed': 60000,
  'SourceFileError.ContentUnsupported': 60000,
  'SourceFileError.DownloadNotAccessible': 60000,
  InternalError: 70000,
} as const;

export type ErrCodeExt = keyof typeof errCodeExt;
/** 0 is success; 40000 the request, 60000 the source file, 70000 the service. */
export type TaskErrCode = 0 | (typeof errCodeExt)[ErrCodeExt];

/** The numeric code that goes with an ErrCodeExt; `''` is success. */
export function toErrCode(code: ErrCodeExt | ''): TaskErrCode {
  return code === '' ? 0 : errCodeExt[code];
}

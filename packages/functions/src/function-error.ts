/** The cloud's codes that this service answers with, and who has to act on them. */
const CODES = {
  'ResourceNotFound.Function': 'user',
  'InvalidParameterValue.FunctionName': 'user',
  'InvalidParameterValue.NamespaceInvalid': 'user',
  'InvalidParameterValue.Runtime': 'user',
  'InvalidParameterValue.Handler': 'user',
  'InvalidParameterValue.Memory': 'user',
  'InvalidParameterValue.Environment': 'user',
  'InvalidParameterValue.EnvironmentSystemProtect': 'user',
  'InvalidParameterValue.EnvironmentExceededLimit': 'user',
  'InvalidParameterValue.Code': 'user',
  'LimitExceeded.Timeout': 'user',
  'LimitExceeded.Memory': 'user',
  'FailedOperation.FunctionStatusError': 'system',
} as const;

export type FunctionErrorCode = keyof typeof CODES;

/** A refusal of the function service. `code` is the cloud's own spelling, the message is one sentence for people. */
export class FunctionError extends Error {
  override readonly name: string = 'FunctionError';
  readonly code: FunctionErrorCode;
  readonly blame: 'user' | 'system';

  constructor(code: FunctionErrorCode, message: string) {
    super(message);
    this.code = code;
    this.blame = CODES[code];
  }
}

import { describe, expect, test } from 'vitest';
import {
  ApiError,
  commonErrors,
  errCodeExt,
  errorKind,
  invalidParameterValue,
  missingParameter,
  resourceNotFound,
  toErrCode,
  toErrorEnvelope,
  toSuccessEnvelope,
  vodErrorCodes,
} from '../src/index.ts';

describe('error codes', () => {
  test('an error without a message has that of its code or of the family', () => {
    expect(new ApiError('AuthFailure.SignatureFailure').message).toBe(
      commonErrors['AuthFailure.SignatureFailure'].message,
    );
    expect(new ApiError('FailedOperation.TaskDuplicate').message).toBe(commonErrors.FailedOperation.message);
    expect(new ApiError('Strange.Code').message).toBe('Strange.Code');
    expect(new ApiError('FailedOperation', 'The disk is full.').message).toBe('The disk is full.');
  });

  test('only internal errors and unavailability are ours', () => {
    expect(errorKind('InternalError.DBError')).toBe('system');
    expect(new ApiError('ServiceUnavailable').kind).toBe('system');
    expect(errorKind('InvalidParameterValue.FileId')).toBe('user');
    expect(errorKind('Strange.Code')).toBe('user');
    expect(errorKind('constructor')).toBe('user');
  });

  test('every code of the API belongs to a family with a message', () => {
    expect(vodErrorCodes).toHaveLength(246);
    for (const code of vodErrorCodes) expect(new ApiError(code).message).not.toBe(code);
  });

  test('a parameter has its own code where the API has one', () => {
    expect(invalidParameterValue('SessionId', 'was used before.')).toMatchObject({
      code: 'InvalidParameterValue.SessionId',
      message: 'The parameter `SessionId` was used before.',
    });
    expect(invalidParameterValue('MediaName', 'is too long.').code).toBe('InvalidParameterValue');
  });

  test('clients of PullEvents find the texts that they compare with', () => {
    expect(resourceNotFound('no event')).toMatchObject({ code: 'ResourceNotFound', message: 'no event' });
  });
});

describe('envelopes', () => {
  test('a result gets its RequestId', () => {
    expect(toSuccessEnvelope({ TaskId: 't' }, 'r')).toEqual({ Response: { TaskId: 't', RequestId: 'r' } });
  });

  test('an ApiError goes out with its code and message', () => {
    expect(toErrorEnvelope(missingParameter('FileId'), 'r')).toEqual({
      Response: {
        Error: {
          Code: 'MissingParameter',
          Message: 'The request is missing the required parameter `FileId`.',
        },
        RequestId: 'r',
      },
    });
  });

  test('anything else that was thrown becomes InternalError and tells nothing', () => {
    for (const thrown of [new Error('password=hunter2'), 'text', null, { code: 'X', message: 'y' }]) {
      expect(toErrorEnvelope(thrown, 'r')).toEqual({
        Response: {
          Error: { Code: 'InternalError', Message: commonErrors.InternalError.message },
          RequestId: 'r',
        },
      });
    }
  });
});

test('the numeric code of a task follows from the family of its text', () => {
  const families = { InvalidInput: 40_000, SourceFileError: 60_000, InternalError: 70_000 };
  for (const [code, number] of Object.entries(errCodeExt)) {
    expect(families).toHaveProperty(code.split('.')[0] ?? '', number);
  }
  expect(toErrCode('')).toBe(0);
  expect(toErrCode('SourceFileError.NoVideoMedia')).toBe(60_000);
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  actionNames,
  ApiError,
  flattenParameters,
  isActionName,
  parseFlatParameters,
  requestSchemaOf,
  unflattenParameters,
  validateRequest,
} from '../src/index.ts';
import { coerceScalar } from '../src/actions/coerce-value.ts';

function errorOf(action: string, params: unknown): { code: string; message: string } {
  try {
    validateRequest(action, params);
  } catch (error) {
    if (error instanceof ApiError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error(`${action} was accepted`);
}

function transcode(definition: unknown): object {
  return { MediaProcessTask: { TranscodeTaskSet: [{ Definition: definition }] } };
}

test('the API has 231 actions and no action is named like an inherited member', () => {
  expect(actionNames).toHaveLength(231);
  expect(actionNames.every(isActionName)).toBe(true);
  expect(isActionName('constructor')).toBe(false);
});

test('every reference in the schemas leads to a structure', () => {
  const { definitions } = requestSchemaOf('ProcessMedia');
  const references = JSON.stringify(definitions).matchAll(/"\$ref":"#\/definitions\/(\w+)"/g);
  const names = new Set([...references].map(([, name]) => name));
  expect(names.size).toBeGreaterThan(200);
  for (const name of names) expect(definitions).toHaveProperty([name ?? '']);
  for (const action of actionNames) expect(requestSchemaOf(action).$ref).toMatch(/^#\/definitions\//);
});

describe('requests that are accepted', () => {
  test('a JSON request comes back as it was', () => {
    const request = { FileId: '5285890784418605123', SubAppId: 1_500_000_001, ...transcode(100_010) };
    expect(validateRequest('ProcessMedia', request)).toEqual({ params: request, unknownFields: [] });
  });

  test('the texts of a form become numbers and booleans', () => {
    const form =
      'FileId=5285890784418605123&SubAppId=0&TasksPriority=-3&' +
      'MediaProcessTask.TranscodeTaskSet.0.Definition=100010&MediaProcessTask.TranscodeTaskSet.0.StartTimeOffset=1.5';
    expect(validateRequest('ProcessMedia', unflattenParameters(parseFlatParameters(form))).params).toEqual({
      FileId: '5285890784418605123',
      SubAppId: 0,
      TasksPriority: -3,
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100_010, StartTimeOffset: 1.5 }] },
    });
    const list = { Definitions: ['10', '20'], Limit: '5' };
    expect(validateRequest('DescribeTranscodeTemplates', list).params).toEqual({
      Definitions: [10, 20],
      Limit: 5,
    });
  });

  test('booleans may be written as Node and as Python write them', () => {
    // No request has a boolean field in this version of the API; responses do, and the next version's requests may.
    for (const text of [true, 'true', 'True']) expect(coerceScalar('A', 'boolean', text)).toBe(true);
    for (const text of [false, 'false', 'False']) expect(coerceScalar('A', 'boolean', text)).toBe(false);
    for (const other of ['yes', 1, '1', null]) {
      expect(() => coerceScalar('A', 'boolean', other)).toThrow(/`A` must be a boolean, got/);
    }
  });

  test('null anywhere, and an empty text for what is not a text, mean that the field was not set', () => {
    const params = { FileId: null, SubAppId: '', MediaProcessTask: '', AiAnalysisTask: null, SessionId: '' };
    expect(validateRequest('ProcessMedia', params).params).toEqual({ SessionId: '' });
    expect(validateRequest('DescribeTranscodeTemplates', { Definitions: '' }).params).toEqual({});
  });

  test('fields that the action does not know are kept and listed', () => {
    const request = {
      FileId: '1',
      Shiny: { A: [1] },
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: 1, New: 2 }], constructor: 3 },
    };
    const result = validateRequest('ProcessMedia', request);
    expect(result.params).toEqual(request);
    expect(result.unknownFields).toEqual([
      'MediaProcessTask.TranscodeTaskSet.0.New',
      'MediaProcessTask.constructor',
      'Shiny',
    ]);
  });

  test('a request without parameters is an empty one', () => {
    for (const nothing of [null, undefined, {}]) {
      expect(validateRequest('DescribePrepaidProducts', nothing)).toEqual({ params: {}, unknownFields: [] });
    }
  });
});

describe('requests that are refused', () => {
  test('an unknown action is named', () => {
    expect(errorOf('ProcessMedium', {})).toEqual({
      code: 'InvalidAction',
      message: 'The action "ProcessMedium" does not exist in this product and version.',
    });
    expect(errorOf('__proto__', {}).code).toBe('InvalidAction');
    expect(errorOf('toString', {}).code).toBe('InvalidAction');
  });

  test('a missing required field is named with its path', () => {
    for (const absent of [{}, { FileId: null }, { FileId: undefined }]) {
      expect(errorOf('DeleteMedia', absent)).toEqual({
        code: 'MissingParameter',
        message: 'The request is missing the required parameter `FileId`.',
      });
    }
    const path = 'MediaProcessTask.TranscodeTaskSet.0.Definition';
    for (const absent of [undefined, null, '']) {
      expect(errorOf('ProcessMedia', transcode(absent))).toEqual({
        code: 'MissingParameter',
        message: `The request is missing the required parameter \`${path}\`.`,
      });
    }
  });

  test('a wrong type is told with its path, what was expected and what was got', () => {
    const path = 'MediaProcessTask.TranscodeTaskSet.0.Definition';
    const values: Array<[value: unknown, got: string]> = [
      ['abc', 'a string "abc"'],
      ['1.5', 'a string "1.5"'],
      [' 1', 'a string " 1"'],
      ['0x10', 'a string "0x10"'],
      ['Infinity', 'a string "Infinity"'],
      ['1e999', 'a string "1e999"'],
      [1.5, 'the number 1.5'],
      [Number.NaN, 'the number NaN'],
      [Number.POSITIVE_INFINITY, 'the number Infinity'],
      [true, 'the boolean true'],
      [[1], 'a list'],
      [{}, 'an object'],
      [10n, 'the number 10'],
      ['x'.repeat(1000), `a string "${'x'.repeat(40)}…"`],
    ];
    for (const [value, got] of values) {
      expect(errorOf('ProcessMedia', transcode(value))).toEqual({
        code: 'InvalidParameter',
        message: `The parameter \`${path}\` must be an integer, got ${got}.`,
      });
    }
    expect(errorOf('ProcessMedia', { MediaProcessTask: [] }).message).toBe(
      'The parameter `MediaProcessTask` must be an object, got a list.',
    );
    const lists = { MediaProcessTask: { TranscodeTaskSet: {} } };
    expect(errorOf('ProcessMedia', lists).message).toBe(
      'The parameter `MediaProcessTask.TranscodeTaskSet` must be a list, got an object.',
    );
    expect(errorOf('ConfirmEvents', { EventHandles: ['1', null] }).message).toBe(
      'The parameter `EventHandles.1` must be a string, got null.',
    );
  });

  test('a FileId that was written as a number is refused, because it is another one by now', () => {
    expect(errorOf('DeleteMedia', JSON.parse('{"FileId":5285890784418605123}'))).toEqual({
      code: 'InvalidParameter',
      message:
        'The parameter `FileId` must be a string, got the number 5285890784418605000. Write it in quotes.',
    });
  });

  test('an integer that a double cannot hold is refused', () => {
    for (const SubAppId of ['9007199254740993', 2 ** 53]) {
      expect(errorOf('ProcessMedia', { SubAppId }).message).toMatch(/must be an integer within/);
    }
    const largest = { SubAppId: Number.MAX_SAFE_INTEGER };
    expect(validateRequest('ProcessMedia', largest).params).toEqual(largest);
  });

  test('what is not an object of parameters is refused', () => {
    for (const params of [[], 'x', 5, true]) {
      expect(errorOf('ProcessMedia', params).code).toBe('InvalidParameter');
    }
  });

  test('nesting without end and prototypes are refused also in fields that nobody knows', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    expect(errorOf('ProcessMedia', { Deep: deep }).message).toMatch(/nested more than 32 levels/);
    for (const text of ['{"__proto__":{"x":1}}', '{"New":[{"__proto__":{"x":1}}]}']) {
      expect(errorOf('ProcessMedia', JSON.parse(text)).message).toMatch(/__proto__/);
    }
  });

  test('a million unknown fields do not make a million warnings', () => {
    const fields = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`X${index}`, index]));
    expect(validateRequest('ProcessMedia', fields).unknownFields).toHaveLength(100);
  });
});

describe('for any request', () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('1', 'true', ''),
  );
  const field = fc.constantFrom(
    'FileId',
    'SubAppId',
    'MediaProcessTask',
    'TranscodeTaskSet',
    'Definition',
    'X',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(field, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));

  test('the outcome is parameters that are accepted unchanged again, or an ApiError', () => {
    fc.assert(
      fc.property(value, (params) => {
        try {
          const once = validateRequest('ProcessMedia', params);
          expect(validateRequest('ProcessMedia', once.params)).toEqual(once);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('the form and the JSON of a request give the same parameters', () => {
    const task = fc.record(
      { Definition: fc.nat(), StartTimeOffset: fc.float({ noNaN: true, noDefaultInfinity: true }) },
      { requiredKeys: ['Definition'] },
    );
    const request = fc.record(
      {
        FileId: fc.stringMatching(/^\d{1,19}$/),
        SubAppId: fc.maxSafeNat(),
        SessionContext: fc.string({ unit: 'grapheme', minLength: 1 }),
        MediaProcessTask: fc.record({ TranscodeTaskSet: fc.array(task, { minLength: 1, maxLength: 12 }) }),
      },
      { requiredKeys: ['FileId'] },
    );
    fc.assert(
      fc.property(request, (params) => {
        const form = unflattenParameters(flattenParameters(params));
        const { params: fromJson } = validateRequest('ProcessMedia', params);
        expect(validateRequest('ProcessMedia', form).params).toEqual(JSON.parse(JSON.stringify(fromJson)));
      }),
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ApiError,
  flattenParameters,
  parseFlatParameters,
  splitCommonParameters,
  unflattenParameters,
} from '../src/index.ts';

function unflatten(query: string): Record<string, unknown> {
  return unflattenParameters(parseFlatParameters(query));
}

function errorOf(query: string): ApiError {
  try {
    unflatten(query);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error(`${query} was accepted`);
}

describe('un-flattening', () => {
  test('lists and structures of a real request are rebuilt, values stay texts', () => {
    const query =
      'FileId=5285890784418605123&MediaProcessTask.TranscodeTaskSet.0.Definition=100010&' +
      'MediaProcessTask.TranscodeTaskSet.1.Definition=100020&SessionContext=a+b%26c%3D%E4%B8%AD&Filters=';
    expect(unflatten(query)).toEqual({
      FileId: '5285890784418605123',
      MediaProcessTask: { TranscodeTaskSet: [{ Definition: '100010' }, { Definition: '100020' }] },
      SessionContext: 'a b&c=中',
      Filters: '',
    });
  });

  test('list items may come in any order', () => {
    expect(unflatten('A.2=c&A.0=a&A.1=b')).toEqual({ A: ['a', 'b', 'c'] });
    const many = Array.from({ length: 12 }, (_, index) => `A.${index}=${index}`);
    expect(unflatten(many.toSorted().join('&'))).toEqual({ A: many.map((_, index) => String(index)) });
  });

  test('a list with a gap, with a huge index or not from 0 is refused and allocates nothing', () => {
    for (const query of ['A.1=x', 'A.0=x&A.2=y', 'A.4294967294=x', 'A.99999999999999999999=x', 'A.00=x']) {
      expect(errorOf(query)).toMatchObject({ code: 'InvalidParameter' });
    }
    expect(errorOf('A.0.B=x&A.2.B=y').message).toBe(
      'The parameter `A` must be numbered from 0 without gaps: `A.1` is missing.',
    );
  });

  test('a name that is both a value and a structure, or both a list and a structure, is refused', () => {
    for (const query of ['A=1&A.B=2', 'A.B=2&A=1', 'A.0=1&A.0.B=2']) {
      expect(errorOf(query).message).toMatch(/given both as a value and as a structure/);
    }
    expect(errorOf('A.0=1&A.B=2').message).toMatch(/given both as a list and as a structure/);
  });

  test('empty, too deep and dangerous names are refused', () => {
    for (const query of ['=1', 'A..B=1', '.A=1', 'A.=1', '__proto__.polluted=1', 'A.__proto__=1']) {
      expect(errorOf(query)).toMatchObject({ code: 'InvalidParameter' });
    }
    expect(errorOf(`${'A.'.repeat(32)}A=1`)).toMatchObject({ code: 'InvalidParameter' });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('names of inherited members are ordinary names', () => {
    expect(Object.entries(unflatten('constructor.prototype=1&toString=2'))).toEqual([
      ['constructor', { prototype: '1' }],
      ['toString', '2'],
    ]);
  });
});

test('common parameters are parted from those of the action', () => {
  const flat = parseFlatParameters('FileId=1&Action=ProcessMedia&Nonce=5&SignatureMethod=HmacSHA256');
  const { common, own } = splitCommonParameters(flat);
  expect(common).toEqual({ Action: 'ProcessMedia', Nonce: '5', SignatureMethod: 'HmacSHA256' });
  expect([...own]).toEqual([['FileId', '1']]);
});

test('flattening leaves out null and undefined and writes numbers and booleans as texts', () => {
  const flat = flattenParameters({ A: null, B: undefined, C: [1, true], D: { E: 'x' } });
  expect([...flat]).toEqual([
    ['C.0', '1'],
    ['C.1', 'true'],
    ['D.E', 'x'],
  ]);
});

test('whatever was flattened is rebuilt', () => {
  const name = fc.stringMatching(/^[A-Za-z_]\w{0,8}$/).filter((word) => word !== '__proto__');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(name, tie('node'), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    list: fc.array(tie('node'), { minLength: 1, maxLength: 12 }),
    node: fc.oneof({ depthSize: 'small' }, fc.string({ unit: 'grapheme' }), tie('tree'), tie('list')),
  }));
  fc.assert(
    fc.property(tree, (params) => {
      expect(unflattenParameters(flattenParameters(params))).toEqual(params);
    }),
  );
});

test('any query gives parameters or an ApiError', () => {
  const part = fc.constantFrom('A', 'B', '0', '1', '2', '7', '', '__proto__', 'constructor', '=', '%', '中');
  const query = fc
    .array(
      fc.array(part, { maxLength: 5 }).map((parts) => `${parts.join('.')}=x`),
      { maxLength: 8 },
    )
    .map((pairs) => pairs.join('&'));
  fc.assert(
    fc.property(fc.oneof(query, fc.string({ unit: 'binary' })), (text) => {
      try {
        unflatten(text);
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
      }
    }),
  );
});

import {
  array,
  assert,
  bigInt,
  boolean,
  dictionary,
  double,
  letrec,
  maxSafeInteger,
  oneof,
  property,
  string,
} from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../src/parse/json.ts';

test('A bare FileId beyond 2^53 keeps all its digits', () => {
  expect(parseJson('{"FileId":5285485487985271490,"n":1,"list":[ 14508071098244959037 ]}')).toEqual({
    FileId: '5285485487985271490',
    n: 1,
    list: ['14508071098244959037'],
  });
});

test('Digits inside strings, safe integers and fractions stay as they are', () => {
  const text = String.raw`{"a":"x,5285485487985271490","b":9007199254740991,"c":1.12345678901234567890,"d":"\"","e":12345678901234567890e-3,"f":-5285485487985271490}`;
  expect(parseJson(text)).toEqual({ ...JSON.parse(text), f: '-5285485487985271490' });
});

test('Explicit nulls equal absent members', () => {
  expect(parseJson('{"a":null,"b":{"c":null,"d":[{"e":null}]},"__proto__":null}')).toEqual({
    b: { d: [{}] },
  });
});

test('A long string with escapes beside a large integer is read without exhausting the stack', () => {
  const text = `{"s":${JSON.stringify('a"\\\n'.repeat(200_000))},"id":5285485487985271490}`;
  expect(parseJson(text)).toMatchObject({ id: '5285485487985271490' });
});

test('Nesting beyond 64 levels is refused instead of overflowing the stack', () => {
  expect(() => parseJson('['.repeat(400_000) + ']'.repeat(400_000))).toThrow('nested deeper than 64');
});

test('Any JSON without nulls and large integers reads as JSON.parse reads it', () => {
  const anyJson = letrec((tie) => ({
    value: oneof(
      { maxDepth: 5 },
      string({ unit: 'binary' }),
      double({ min: -1e15, max: 1e15, noNaN: true }),
      boolean(),
      maxSafeInteger(),
      array(tie('value')),
      dictionary(
        string().filter((key) => key !== '__proto__'),
        tie('value'),
      ),
    ),
  })).value;
  assert(
    property(anyJson, (value) => {
      const text = JSON.stringify(value);
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('Any large integer anywhere among other values comes back as its digits', () => {
  const large = bigInt({ min: 2n ** 53n, max: 2n ** 64n });
  assert(
    property(large, string({ unit: 'binary' }), (id, text) => {
      const parsed = parseJson(`{"text":${JSON.stringify(text)},"ids":[1,${id}],"FileId": ${id}}`);
      expect(parsed).toEqual({ text, ids: [1, String(id)], FileId: String(id) });
    }),
  );
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createHotlinkQuery,
  hotlinkSign,
  toHotlinkTime,
  verifyHotlink,
  type HotlinkParameters,
} from '../src/index.ts';
import vectors from './vectors.json' with { type: 'json' };

const key = '24FEQmTzro4V5u3D5epW';
const path = '/dir1/dir2/myVideo.mp4';
const nowSec = 0x5a_71_af_c0 - 1;

function check(query: string, at = nowSec, file = path): string {
  const result = verifyHotlink({ path: file, query }, { key, nowSec: at });
  return result.ok ? 'ok' : result.reason;
}

describe('the signatures of the documentation', () => {
  const base = { t: '5a71afc0', us: '72d4cd1101' };
  test.each([
    [base, '3d8488faeb37d52d6bf63b63c1b171c3'],
    [{ ...base, rlimit: '3' }, 'c5214f0d5961b13acd558b4957c4dfc5'],
    [{ ...base, exper: '300' }, '547d98c4b91e81b5ea55c95cef63223f'],
  ])('%j gives %s', (parameters, sign) => {
    expect(hotlinkSign(key, '/dir1/dir2/', parameters)).toBe(sign);
    expect(check(createHotlinkQuery(key, path, parameters))).toBe('ok');
  });
});

test.each(vectors.antiLeechKey)('the URL of $name is the one that we make, and is accepted', (vector) => {
  const url = new URL(vector.signedUrl);
  const { sign: _sign, ...parameters } = Object.fromEntries(url.searchParams);
  const made = createHotlinkQuery(vector.key, url.pathname, parameters as unknown as HotlinkParameters);
  expect(`?${made}`).toBe(url.search);
  const result = verifyHotlink(
    { path: url.pathname, query: url.search.slice(1) },
    { key: vector.key, nowSec: 0 },
  );
  expect(result.ok).toBe(true);
});

test('a signature opens every file of its directory and none of another', () => {
  const query = createHotlinkQuery(key, path, { t: '5a71afc0' });
  expect(check(query, nowSec, '/dir1/dir2/segment.ts')).toBe('ok');
  expect(check(query, nowSec, '/dir1/other/segment.ts')).toBe('mismatch');
  expect(check(query, nowSec, '/dir1/dir2/deeper/segment.ts')).toBe('mismatch');
});

test('a signature holds to its last second', () => {
  const query = createHotlinkQuery(key, path, { t: '5a71afc0' });
  expect(check(query, nowSec + 1)).toBe('ok');
  expect(check(query, nowSec + 2)).toBe('expired');
});

function signFor(parameters: HotlinkParameters): string {
  return hotlinkSign(key, '/dir1/dir2/', parameters);
}

describe('it is refused', () => {
  const full = { t: '5a71afc0', exper: '30', rlimit: '3', us: 'a1' };
  test.each([
    ['without a query', '', 'malformed'],
    ['without a signature', 't=5a71afc0', 'malformed'],
    ['without an expiry', `sign=${signFor({ t: '' })}`, 'malformed'],
    [
      'with its members in another order',
      `exper=30&t=5a71afc0&rlimit=3&us=a1&sign=${signFor(full)}`,
      'malformed',
    ],
    ['with its signature in front', `sign=${signFor(full)}&t=5a71afc0&exper=30&rlimit=3&us=a1`, 'malformed'],
    ['with a member twice', `t=5a71afc0&t=5a71afc0&sign=${signFor({ t: '5a71afc0' })}`, 'malformed'],
    ['with an expiry in capitals', `t=5A71AFC0&sign=${signFor({ t: '5A71AFC0' })}`, 'malformed'],
    [
      'with ten client addresses',
      `t=5a71afc0&rlimit=10&sign=${signFor({ t: '5a71afc0', rlimit: '10' })}`,
      'malformed',
    ],
    ['with another expiry', `t=6a71afc0&sign=${signFor({ t: '5a71afc0' })}`, 'mismatch'],
    ['with a preview taken away', `t=5a71afc0&rlimit=3&us=a1&sign=${signFor(full)}`, 'mismatch'],
    [
      'with a signature in capitals',
      `t=5a71afc0&sign=${signFor({ t: '5a71afc0' }).toUpperCase()}`,
      'malformed',
    ],
  ])('%s', (_what, query, reason) => {
    expect(check(query)).toBe(reason);
  });
});

const parametersOf: fc.Arbitrary<HotlinkParameters> = fc.record(
  {
    t: fc.integer({ min: nowSec, max: 0xff_ff_ff_ff }).map(toHotlinkTime),
    exper: fc.nat({ max: 100_000 }).map(String),
    rlimit: fc.integer({ min: 1, max: 9 }).map(String),
    us: fc.stringMatching(/^[0-9a-zA-Z]{1,20}$/),
    whref: fc.constantFrom('example.com', '*.example.com,b.org'),
    whreg: fc.constantFrom('CHN', 'USA,DEU'),
  },
  { requiredKeys: ['t'] },
);

test('what is made is accepted, and says the same again', () => {
  fc.assert(
    fc.property(parametersOf, (parameters) => {
      const query = createHotlinkQuery(key, path, parameters);
      const result = verifyHotlink({ path, query }, { key, nowSec });
      expect(result.ok && { ...result.grant.parameters }).toEqual({ ...parameters });
    }),
  );
});

test('with another key, or another limit, it is not', () => {
  fc.assert(
    fc.property(parametersOf, fc.stringMatching(/^[0-9a-zA-Z]{8,20}$/), (parameters, other) => {
      fc.pre(other !== key);
      const query = createHotlinkQuery(other, path, parameters);
      expect(check(query)).toBe('mismatch');
    }),
  );
});

test('no query at all makes it throw', () => {
  fc.assert(
    fc.property(fc.string(), (query) => {
      expect(['malformed', 'mismatch']).toContain(check(query));
    }),
  );
});

import { signTc3 } from '@vodstack/protocol';
import { describe, expect, it } from 'vitest';
import type { SigningKey } from '../src/cloud-api/authenticate.ts';
import { createUrlAuthority } from '../src/cloud-api/url-authority.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const NOW_SEC = NOW.getTime() / 1000;

const KEYS: readonly SigningKey[] = [
  { secretId: 'AKIDmain', secretKey: 'main-key', subAppIds: undefined },
  { secretId: 'AKIDlimited', secretKey: 'limited-key', subAppIds: [1] },
  {
    secretId: 'AKIDtemporary',
    secretKey: 'temporary-key',
    subAppIds: undefined,
    temporary: { token: 'the-token', expiresAt: new Date(NOW.getTime() + 60_000) },
  },
];

const findProblem = createUrlAuthority(
  { find: async (id) => KEYS.find(({ secretId }) => secretId === id), noteUse: () => {} },
  () => NOW,
);

/** As the documentation of function URLs has it. */
function sign(
  secretId: string,
  secretKey: string,
  {
    timestampSec = NOW_SEC,
    body = '{"a":1}',
    extra,
  }: { timestampSec?: number; body?: string; extra?: Record<string, string> } = {},
): Parameters<typeof findProblem>[0] {
  const headers = { host: '125-abcdefgh01.gz.tencentscf.com', 'content-type': 'application/json' };
  const request = { method: 'POST', path: '/', headers, body, secretId, secretKey, timestampSec };
  const authorization = signTc3({ ...request, service: 'scf' });
  return {
    method: 'POST',
    path: '/',
    rawQuery: '',
    headers: { ...headers, authorization, 'x-scf-cam-timestamp': String(timestampSec), ...extra },
    body: Buffer.from(body),
  };
}

describe('a function URL with CAM', () => {
  it('opens to a request that an API key signed', async () => {
    expect(await findProblem(sign('AKIDmain', 'main-key'))).toBeUndefined();
    const token = { 'x-scf-cam-token': 'the-token' };
    expect(await findProblem(sign('AKIDtemporary', 'temporary-key', { extra: token }))).toBeUndefined();
  });

  it.each([
    ['no signature', { ...sign('AKIDmain', 'main-key'), headers: {} }, 'wants a signature'],
    ['an unknown key', sign('AKIDnobody', 'main-key'), 'is not known'],
    ['another secret', sign('AKIDmain', 'wrong-key'), 'does not match'],
    ['another body', { ...sign('AKIDmain', 'main-key'), body: Buffer.from('{}') }, 'does not match'],
    ['another path', { ...sign('AKIDmain', 'main-key'), path: '/other' }, 'does not match'],
    ['an old signature', sign('AKIDmain', 'main-key', { timestampSec: NOW_SEC - 400 }), 'five minutes'],
    ['a key for one application', sign('AKIDlimited', 'limited-key'), 'only some applications'],
    ['a temporary key without its token', sign('AKIDtemporary', 'temporary-key'), 'token is missing'],
  ])('stays closed to %s', async (_, request, problem) => {
    expect(await findProblem(request)).toContain(problem);
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stack, startQuietStack } from '../support/stack.ts';

/** As behind a proxy: whoever comes from elsewhere must sign in. */
const ELSEWHERE = { 'x-forwarded-for': '203.0.113.7' };
const OWN_PAGE = { 'x-vodstack-console': '1', 'content-type': 'application/json' };
let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(async () => {
  await stack?.stop();
});

function ask(path: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${stack.url}/console/api${path}`, { headers: { ...ELSEWHERE, ...headers } });
}

function signIn(secretKey: string, headers: Record<string, string> = OWN_PAGE): Promise<Response> {
  const { secretId } = stack.server.credentials;
  const body = JSON.stringify({ secretId, secretKey });
  return fetch(`${stack.url}/console/api/session`, {
    method: 'POST',
    headers: { ...ELSEWHERE, ...headers },
    body,
  });
}

it('the console lets in who signs in with the key, by a cookie that no script and no other site can use', async () => {
  const response = await signIn(stack.server.credentials.secretKey);
  expect(response.status).toBe(200);
  const cookie = response.headers.get('set-cookie') ?? '';
  for (const flag of ['HttpOnly', 'SameSite=Strict', 'Path=/console/']) expect(cookie).toContain(flag);
  const [session = ''] = cookie.split(';');
  expect(session).not.toContain(stack.server.credentials.secretKey);
  expect((await ask('/account', { cookie: session })).status).toBe(200);
  expect((await ask('/account', {})).status).toBe(401);
  expect((await ask('/account', { cookie: `${session}x` })).status).toBe(401);
  const [name = '', value = ''] = session.split('=');
  const [, signature = ''] = value.split('.');
  expect((await ask('/account', { cookie: `${name}=99999999999.${signature}` })).status).toBe(401);
});

it('the console lets nobody in with another key, nor from a form on another site', async () => {
  const wrong = await signIn('wrong');
  expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null]);
  const foreign = await signIn(stack.server.credentials.secretKey, { 'content-type': 'application/json' });
  expect([foreign.status, foreign.headers.get('set-cookie')]).toEqual([403, null]);
});

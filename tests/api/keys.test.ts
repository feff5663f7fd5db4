import { flattenParameters, signV1 } from '@vodstack/protocol';
import type { AbstractClient } from 'tencentcloud-sdk-nodejs-common/tencentcloud/common/abstract_client.js';
import type { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi, post } from '../support/api-call.ts';
import { errorOf } from '../support/error-of.ts';
import { eventually } from '../support/eventually.ts';
import { addApplication, endTemporaryKey } from '../support/rows.ts';
import { createServiceClient } from '../support/service-client.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

const OTHER_APP = 1_500_000_007;

interface Key {
  readonly secretId: string;
  readonly secretKey: string;
  readonly lastUsedAt: string | null;
  readonly disabledAt: string | null;
}

let stack: Stack;
beforeAll(async () => {
  stack = await startQuietStack();
  await addApplication(stack, OTHER_APP);
});
afterAll(() => stack?.stop());

async function callConsole(path: string, body?: object): Promise<Response> {
  const init = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-vodstack-console': '1' },
    body: JSON.stringify(body),
  };
  return await fetch(`${stack.url}/console/api${path}`, init);
}

async function createKey(body: object = {}): Promise<Key> {
  const response = await callConsole('/keys', body);
  expect(response.status).toBe(200);
  return (await response.json()) as Key;
}

async function listKeys(): Promise<Key[]> {
  return (await (await callConsole('/keys')).json()) as Key[];
}

describe('an API key', () => {
  it('is made with a name, works at once, and shows its secret only then', async () => {
    const key = await createKey({ name: 'encoder' });
    expect(key).toMatchObject({ name: 'encoder', subAppIds: null, lastUsedAt: null, disabledAt: null });
    expect(await stack.createClient(key).DescribeEventConfig({})).toMatchObject({ Mode: 'PUSH' });
    const listed = (await listKeys()).find(({ secretId }) => secretId === key.secretId);
    expect(listed).toBeDefined();
    expect(JSON.stringify(await listKeys())).not.toContain(key.secretKey);
  });

  it('shows when it was last used', async () => {
    const key = await createKey();
    await stack.createClient(key).DescribeEventConfig({});
    const findUse = async (): Promise<string | null> =>
      (await listKeys()).find(({ secretId }) => secretId === key.secretId)?.lastUsedAt ?? null;
    await eventually('the use is noted', async () => (await findUse()) !== null);
    expect(Date.now() - new Date((await findUse()) ?? 0).getTime()).toBeLessThan(60_000);
  });

  it('ends when it is disabled, at once and for good', async () => {
    const key = await createKey();
    const client = stack.createClient(key);
    await client.DescribeEventConfig({});
    const disabled = await callConsole(`/keys/${key.secretId}/disable`, {});
    expect(((await disabled.json()) as Key).disabledAt).not.toBeNull();
    const error = await errorOf(client.DescribeEventConfig({}));
    expect(error.code).toBe('AuthFailure.SecretIdNotFound');
  });

  it('opens only the applications that it is made for', async () => {
    const client = stack.createClient(await createKey({ subAppIds: [OTHER_APP] }));
    expect(await client.DescribeEventConfig({ SubAppId: OTHER_APP })).toMatchObject({ Mode: 'PUSH' });
    const error = await errorOf(client.DescribeEventConfig({}));
    expect(error.code).toBe('UnauthorizedOperation');
    expect(error.message).toContain(String(stack.server.credentials.appId));
  });

  it('is not made for an application that does not exist', async () => {
    const response = await callConsole('/keys', { subAppIds: [1_599_999_999] });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('1599999999');
  });

  it('of the server itself cannot be disabled, nor one that does not exist', async () => {
    const own = await callConsole(`/keys/${stack.server.credentials.secretId}/disable`, {});
    expect(own.status).toBe(400);
    expect(await own.text()).toContain('own key');
    const unknown = await callConsole('/keys/AKIDnobody/disable', {});
    expect(unknown.status).toBe(400);
    expect(await stack.client.DescribeEventConfig({})).toMatchObject({ Mode: 'PUSH' });
  });

  it('is made by nobody who has not signed in', async () => {
    const elsewhere = await fetch(`${stack.url}/console/api/keys`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-vodstack-console': '1',
        'x-forwarded-for': '192.0.2.1',
      },
      body: '{}',
    });
    expect(elsewhere.status).toBe(401);
    expect((await fetch(`${stack.url}/console/api/keys`, { method: 'POST' })).status).toBe(403);
  });
});

interface TemporaryKey {
  readonly Credentials: { Token: string; TmpSecretId: string; TmpSecretKey: string };
  readonly ExpiredTime: number;
  readonly Expiration: string;
}

const policyFor = (resource: string | string[], changes: object = {}): string =>
  JSON.stringify({
    version: '2.0',
    statement: [{ effect: 'allow', action: ['name/vod:*'], resource, ...changes }],
  });
const EVERYTHING = policyFor('*');

function openSts(key: { secretId?: string; secretKey?: string; token?: string } = {}): AbstractClient {
  return createServiceClient(stack, { version: '2018-08-13', ...key });
}

async function getToken(parameters: object = {}, sts: AbstractClient = openSts()): Promise<TemporaryKey> {
  const answer: unknown = await sts.request('GetFederationToken', {
    Name: 'page',
    Policy: encodeURIComponent(EVERYTHING),
    ...parameters,
  });
  return answer as TemporaryKey;
}

function clientWith({ Credentials }: TemporaryKey, changes: { token?: string } = {}): Client {
  const { Token, TmpSecretId, TmpSecretKey } = Credentials;
  return stack.createClient({ secretId: TmpSecretId, secretKey: TmpSecretKey, token: Token, ...changes });
}

describe('GetFederationToken', () => {
  it('gives a key that works with its token, in every signature', async () => {
    const key = await getToken({ DurationSeconds: 600 });
    expect(key.ExpiredTime - Date.now() / 1000).toBeGreaterThan(590);
    expect(new Date(key.Expiration).getTime() / 1000).toBe(key.ExpiredTime);
    const { Token, TmpSecretId, TmpSecretKey } = key.Credentials;
    for (const signMethod of ['TC3-HMAC-SHA256', 'HmacSHA1', 'HmacSHA256']) {
      for (const reqMethod of ['POST', 'GET']) {
        const options = { secretId: TmpSecretId, secretKey: TmpSecretKey, token: Token };
        const client = stack.createClient({ ...options, signMethod, reqMethod });
        expect(await client.DescribeEventConfig({})).toMatchObject({ Mode: 'PUSH' });
      }
    }
  });

  it('is understood as GET, and a policy that is not URL-encoded', async () => {
    const sts = createServiceClient(stack, { version: '2018-08-13', reqMethod: 'GET' });
    const key = await getToken({ Policy: EVERYTHING, DurationSeconds: 7200 }, sts);
    expect(await clientWith(key).DescribeEventConfig({})).toMatchObject({ Mode: 'PUSH' });
  });

  it.each([
    `qcs::vod::uin/100000000001:subAppId/${OTHER_APP}`,
    `qcs::vod:ap-guangzhou:uid/1250000000:subAppId/${OTHER_APP}`,
    [`qcs::vod:::subAppId/${OTHER_APP}`],
  ])('limits the key to the application of its policy: %s', async (resource) => {
    const client = clientWith(await getToken({ Policy: policyFor(resource) }));
    expect(await client.DescribeEventConfig({ SubAppId: OTHER_APP })).toMatchObject({ Mode: 'PUSH' });
    expect((await errorOf(client.DescribeEventConfig({}))).code).toBe('UnauthorizedOperation');
  });

  it.each([
    ['no JSON', 'x', 'InvalidParameter.StrategyFormatError'],
    ['no policy', '{}', 'InvalidParameter.StrategyInvalid'],
    ['a denial', policyFor('*', { effect: 'deny' }), 'InvalidParameter.StrategyInvalid'],
    ['some actions only', policyFor('*', { action: 'vod:Describe*' }), 'InvalidParameter.StrategyInvalid'],
    ['a condition', policyFor('*', { condition: {} }), 'InvalidParameter.StrategyInvalid'],
    ['another product', policyFor('qcs::cos:::*'), 'InvalidParameter.StrategyInvalid'],
  ])('refuses a policy with %s', async (_what, Policy, code) => {
    const error = await errorOf(getToken({ Policy }));
    expect(error.code).toBe(code);
    expect(error.message).toContain('`Policy`');
  });

  it.each([
    [{ Name: undefined }, 'MissingParameter'],
    [{ Name: 'a b' }, 'InvalidParameter.ParamError'],
    [{ Policy: undefined }, 'MissingParameter'],
    [{ Policy: 7 }, 'InvalidParameter.ParamError'],
    [{ DurationSeconds: 7201 }, 'InvalidParameter.OverTimeError'],
    [{ DurationSeconds: 0 }, 'InvalidParameter.OverTimeError'],
    [{ DurationSeconds: 'long' }, 'InvalidParameter.OverTimeError'],
  ])('refuses %j', async (parameters, code) => {
    expect((await errorOf(getToken(parameters))).code).toBe(code);
  });

  it('is refused to a temporary key', async () => {
    const { Credentials } = await getToken();
    const sts = openSts({
      secretId: Credentials.TmpSecretId,
      secretKey: Credentials.TmpSecretKey,
      token: Credentials.Token,
    });
    expect((await errorOf(getToken({}, sts))).code).toBe('UnauthorizedOperation');
  });

  it('gives no more than the key has that asks', async () => {
    const sts = openSts(await createKey({ subAppIds: [OTHER_APP] }));
    const client = clientWith(await getToken({}, sts));
    expect((await errorOf(client.DescribeEventConfig({}))).code).toBe('UnauthorizedOperation');
    const Policy = policyFor(`qcs::vod:::subAppId/${stack.server.credentials.appId}`);
    expect((await errorOf(getToken({ Policy }, sts))).code).toBe('InvalidParameter.GrantOtherResource');
  });

  it('is the only action of its service', async () => {
    expect((await errorOf(openSts().request('AssumeRole', {}))).code).toBe('UnsupportedOperation');
    expect((await errorOf(openSts().request('DescribeWeather', {}))).code).toBe('InvalidAction');
  });
});

describe('a temporary key', () => {
  it('is refused without its token and with another', async () => {
    const key = await getToken();
    const missing = await errorOf(clientWith(key, { token: '' }).DescribeEventConfig({}));
    expect(missing.code).toBe('AuthFailure.TokenFailure');
    expect(missing.message).toContain('X-TC-Token');
    const wrong = await errorOf(clientWith(key, { token: 'x' }).DescribeEventConfig({}));
    expect(wrong.code).toBe('AuthFailure.TokenFailure');
    const other = (await getToken()).Credentials.Token;
    const swapped = await errorOf(clientWith(key, { token: other }).DescribeEventConfig({}));
    expect(swapped.code).toBe('AuthFailure.TokenFailure');
  });

  it('is refused without its token in a V1 form', async () => {
    const { TmpSecretId, TmpSecretKey } = (await getToken()).Credentials;
    const params = flattenParameters({
      Action: 'DescribeEventConfig',
      Version: '2018-07-17',
      Timestamp: Math.floor(Date.now() / 1000),
      Nonce: 1,
      SecretId: TmpSecretId,
    });
    const request = { method: 'POST', host: new URL(stack.url).host, path: '/', params };
    params.set('Signature', signV1({ ...request, secretKey: TmpSecretKey }));
    const { error } = await post(stack, String(new URLSearchParams([...params])));
    expect(error?.Code).toBe('AuthFailure.TokenFailure');
  });

  it('is refused after its end', async () => {
    const key = await getToken();
    await endTemporaryKey(stack, key.Credentials.TmpSecretId);
    const error = await errorOf(clientWith(key).DescribeEventConfig({}));
    expect(error.code).toBe('AuthFailure.TokenFailure');
    expect(error.message).toContain('good until');
  });

  it('ends with the key that it comes from', async () => {
    const parent = await createKey();
    const client = clientWith(await getToken({}, openSts(parent)));
    await client.DescribeEventConfig({});
    await callConsole(`/keys/${parent.secretId}/disable`, {});
    const error = await errorOf(client.DescribeEventConfig({}));
    expect(error.code).toBe('AuthFailure.SecretIdNotFound');
  });
});

it('refuses an id that no key can have as InvalidSecretId', async () => {
  const { error } = await callApi(stack, { secretId: 'a.b' });
  expect(error?.Code).toBe('AuthFailure.InvalidSecretId');
});

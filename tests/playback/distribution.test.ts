import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

let stack: Stack;
let domain: string;
beforeAll(async () => {
  stack = await startQuietStack();
  domain = new URL(stack.url).host;
});
afterAll(() => stack?.stop());

describe('DescribeDefaultDistributionConfig', () => {
  it('tells the address of media and makes a PlayKey the first time', async () => {
    const config = await stack.client.DescribeDefaultDistributionConfig({});
    expect(config).toEqual({
      DomainName: domain,
      Domain: domain,
      Scheme: 'HTTP',
      PlayKey: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
      RequestId: expect.any(String),
    });
    const again = await stack.client.DescribeDefaultDistributionConfig({
      SubAppId: stack.server.credentials.appId,
    });
    expect(again.PlayKey).toBe(config.PlayKey);
  });

  it('refuses an unknown application', async () => {
    const error = await errorOf(stack.client.DescribeDefaultDistributionConfig({ SubAppId: 3 }));
    expect(error.code).toBe('InvalidParameterValue.SubAppId');
  });
});

describe('ModifyDefaultDistributionConfig', () => {
  it.each([
    ['an unknown application', { SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
    ['another domain', { Domain: 'example.com' }, 'InvalidParameterValue.UnsupportDomain'],
    ['an unknown scheme', { Scheme: 'ftp' }, 'InvalidParameterValue.Scheme'],
    ['the scheme that this server has not', { Scheme: 'HTTPS' }, 'InvalidParameterValue.SchemeConflict'],
    ['a PlayKey of 7 characters', { PlayKey: 'abcdefg' }, 'InvalidParameterValue'],
    ['a PlayKey of 21 characters', { PlayKey: 'a'.repeat(21) }, 'InvalidParameterValue'],
    ['a PlayKey with a sign in it', { PlayKey: 'secret-key' }, 'InvalidParameterValue'],
    ['a PlayKey that is a number', { PlayKey: 12_345_678 as unknown as string }, 'InvalidParameter'],
  ])('refuses %s', async (_what, request, code) => {
    const before = await stack.client.DescribeDefaultDistributionConfig({});
    const error = await errorOf(stack.client.ModifyDefaultDistributionConfig(request));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('secret-key');
    const after = await stack.client.DescribeDefaultDistributionConfig({});
    expect(after.PlayKey).toBe(before.PlayKey);
  });

  it('sets the PlayKey, and takes what is the case already', async () => {
    await stack.client.ModifyDefaultDistributionConfig({
      Domain: domain,
      Scheme: 'HTTP',
      PlayKey: 'abcDEF12',
    });
    await stack.client.ModifyDefaultDistributionConfig({});
    const { PlayKey } = await stack.client.DescribeDefaultDistributionConfig({});
    expect(PlayKey).toBe('abcDEF12');
  });
});

describe('DescribeVodDomains', () => {
  it.each([
    ['an unknown application', { SubAppId: 3 }, 'InvalidParameterValue.SubAppId'],
    ['21 domains', { Domains: Array.from({ length: 21 }, () => 'a.b') }, 'InvalidParameter'],
    ['an offset below 0', { Offset: -1 }, 'InvalidParameterValue.Offset'],
    ['a limit below 0', { Limit: -1 }, 'InvalidParameterValue.Limit'],
    ['domains that are no list', { Domains: 'a' as unknown as string[] }, 'InvalidParameter'],
  ])('refuses %s', async (_what, request, code) => {
    const error = await errorOf(stack.client.DescribeVodDomains(request));
    expect(error.code).toBe(code);
  });

  it('lists this server as the one domain', async () => {
    const { TotalCount, DomainSet } = await stack.client.DescribeVodDomains({});
    expect(TotalCount).toBe(1);
    expect(DomainSet).toEqual([
      {
        Domain: domain,
        AccelerateAreaInfos: [],
        DeployStatus: 'Online',
        HTTPSConfig: null,
        UrlSignatureAuthPolicy: { Status: 'Disabled', EncryptedKey: '' },
        RefererAuthPolicy: {
          Status: 'Disabled',
          AuthType: 'Black',
          Referers: [],
          BlankRefererAllowed: 'Yes',
        },
        CreateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        QUICConfig: { Status: 'Disabled' },
        IPFilterPolicy: { Status: 'Disabled', FilterType: '', IPList: [] },
        Type: 'VOD',
      },
    ]);
  });

  it('finds it by name, and nothing by another or beyond the end', async () => {
    expect((await stack.client.DescribeVodDomains({ Domains: ['example.com', domain] })).TotalCount).toBe(1);
    expect((await stack.client.DescribeVodDomains({ Domains: ['example.com'] })).TotalCount).toBe(0);
    expect(await stack.client.DescribeVodDomains({ Offset: 1 })).toMatchObject({
      TotalCount: 1,
      DomainSet: [],
    });
  });
});

describe('ModifyVodDomainConfig', () => {
  const referers = { Status: 'Enabled', AuthType: 'White', Referers: ['a.com'], BlankRefererAllowed: 'No' };
  it.each([
    ['no domain', { Domain: undefined as unknown as string }, 'MissingParameter', 'Domain'],
    ['another domain', { Domain: 'example.com' }, 'InvalidParameter', 'Domain'],
    ['an unknown application', { SubAppId: 3 }, 'InvalidParameterValue.SubAppId', 'SubAppId'],
    ['QUIC', { QUICConfig: { Status: 'Enabled' } }, 'UnsupportedOperation', 'QUICConfig'],
    [
      'a filter of addresses',
      { IPFilterPolicy: { Status: 'Enabled' } },
      'UnsupportedOperation',
      'IPFilterPolicy',
    ],
    [
      'signed URLs without a key',
      { UrlSignatureAuthPolicy: { Status: 'Enabled' } },
      'InvalidParameter',
      'EncryptedKey',
    ],
    [
      'a key of 7 characters',
      { UrlSignatureAuthPolicy: { Status: 'Enabled', EncryptedKey: 'abcdefg' } },
      'InvalidParameter',
      'EncryptedKey',
    ],
    ['an unknown status', { UrlSignatureAuthPolicy: { Status: 'On' } }, 'InvalidParameter', 'Status'],
    [
      'a list without its type',
      { RefererAuthPolicy: { ...referers, AuthType: '' } },
      'InvalidParameter',
      'AuthType',
    ],
    [
      'an unknown type of list',
      { RefererAuthPolicy: { ...referers, AuthType: 'Grey' } },
      'InvalidParameter',
      'AuthType',
    ],
    ['an empty list', { RefererAuthPolicy: { ...referers, Referers: [] } }, 'InvalidParameter', 'Referers'],
    [
      'a list of 401',
      { RefererAuthPolicy: { ...referers, Referers: Array.from({ length: 401 }, () => 'a.b') } },
      'InvalidParameter',
      '401',
    ],
    [
      'a referer with a scheme',
      { RefererAuthPolicy: { ...referers, Referers: ['http://a.com/'] } },
      'InvalidParameter',
      'Referers',
    ],
    [
      'no word on empty referers',
      { RefererAuthPolicy: { ...referers, BlankRefererAllowed: '' } },
      'InvalidParameter',
      'BlankRefererAllowed',
    ],
  ])('refuses %s', async (_what, request, code, named) => {
    const error = await errorOf(stack.client.ModifyVodDomainConfig({ Domain: domain, ...request }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(named);
  });

  it('sets what is given and leaves the rest', async () => {
    await stack.client.ModifyVodDomainConfig({
      Domain: domain,
      UrlSignatureAuthPolicy: { Status: 'Enabled', EncryptedKey: '24FEQmTzro4V5u3D5epW' },
      QUICConfig: { Status: 'Disabled' },
    });
    await stack.client.ModifyVodDomainConfig({ Domain: domain, RefererAuthPolicy: referers });
    await stack.client.ModifyVodDomainConfig({
      Domain: domain,
      UrlSignatureAuthPolicy: { Status: 'Disabled' },
    });
    const { DomainSet } = await stack.client.DescribeVodDomains({});
    expect(DomainSet?.[0]).toMatchObject({
      UrlSignatureAuthPolicy: { Status: 'Disabled', EncryptedKey: '24FEQmTzro4V5u3D5epW' },
      RefererAuthPolicy: referers,
    });
  });
});

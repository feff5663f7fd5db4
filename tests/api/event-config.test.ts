import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startStack } from '../support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

describe('ModifyEventConfig refuses', () => {
  it.each([
    ['an unknown mode', { Mode: 'BOTH' }, 'InvalidParameter', '`Mode`'],
    ['a mode in small letters', { Mode: 'push' }, 'InvalidParameter', '`Mode`'],
    ['a URL that is none', { NotificationUrl: 'example' }, 'InvalidParameter', '`NotificationUrl`'],
    [
      'a URL of another scheme',
      { NotificationUrl: 'ftp://example.com/' },
      'InvalidParameter',
      '`NotificationUrl`',
    ],
    ['a file', { NotificationUrl: 'file:///etc/passwd' }, 'InvalidParameter', '`NotificationUrl`'],
    [
      'a URL of 2049 characters',
      { NotificationUrl: `http://a/${'x'.repeat(2040)}` },
      'InvalidParameter',
      '2048',
    ],
    [
      'a switch that is neither ON nor OFF',
      { UploadMediaCompleteEventSwitch: 'true' },
      'InvalidParameter',
      '`UploadMediaCompleteEventSwitch`',
    ],
    [
      'another such switch',
      { DeleteMediaCompleteEventSwitch: 'on' },
      'InvalidParameter',
      '`DeleteMediaCompleteEventSwitch`',
    ],
    [
      'a third such switch',
      { PersistenceCompleteEventSwitch: '1' },
      'InvalidParameter',
      '`PersistenceCompleteEventSwitch`',
    ],
    ['a SignKey of 33 characters', { SignKey: 'k'.repeat(33) }, 'InvalidParameter', '`SignKey`'],
    ['a SignKey with a sign in it', { SignKey: 'secret-key' }, 'InvalidParameter', '`SignKey`'],
    ['an unknown application', { SubAppId: 3 }, 'InvalidParameterValue.SubAppId', '`SubAppId`'],
  ])('%s', async (_what, request, code, named) => {
    const before = await stack.client.DescribeEventConfig({});
    const error = await errorOf(stack.client.ModifyEventConfig(request));
    expect(error.code).toBe(code);
    expect(error.message).toContain(named);
    const after = await stack.client.DescribeEventConfig({});
    expect({ ...after, RequestId: '' }).toEqual({ ...before, RequestId: '' });
  });

  it('a SignKey without telling it', async () => {
    const error = await errorOf(stack.client.ModifyEventConfig({ SignKey: 'secret-key' }));
    expect(error.message).not.toContain('secret-key');
  });

  it('nothing of a request of which it refuses a part', async () => {
    await errorOf(stack.client.ModifyEventConfig({ DeleteMediaCompleteEventSwitch: 'ON', Mode: 'BOTH' }));
    const { DeleteMediaCompleteEventSwitch } = await stack.client.DescribeEventConfig({});
    expect(DeleteMediaCompleteEventSwitch).toBe('OFF');
  });
});

describe('ModifyEventConfig and DescribeEventConfig', () => {
  it('begin with the callback of the receiver that the stack deploys', async () => {
    expect(await stack.client.DescribeEventConfig({})).toEqual({
      Mode: 'PUSH',
      NotificationUrl: stack.server.receiverAddress,
      UploadMediaCompleteEventSwitch: 'ON',
      DeleteMediaCompleteEventSwitch: 'OFF',
      PersistenceCompleteEventSwitch: 'OFF',
      RequestId: expect.any(String),
    });
  });

  it('set and show everything but the SignKey', async () => {
    const settings = {
      Mode: 'PULL',
      NotificationUrl: 'https://example.com/callback?a=1',
      UploadMediaCompleteEventSwitch: 'OFF',
      DeleteMediaCompleteEventSwitch: 'ON',
      PersistenceCompleteEventSwitch: 'ON',
    };
    const answer = await stack.client.ModifyEventConfig({ ...settings, SignKey: 'Secret32' });
    expect(answer).toEqual({ RequestId: expect.any(String) });
    expect(await stack.client.DescribeEventConfig({})).toEqual({
      ...settings,
      RequestId: expect.any(String),
    });
  });

  it('leave what is not given, and take the URL away when it is empty', async () => {
    await stack.client.ModifyEventConfig({ Mode: 'PUSH', NotificationUrl: 'http://example.com/' });
    await stack.client.ModifyEventConfig({ UploadMediaCompleteEventSwitch: 'ON' });
    expect(await stack.client.DescribeEventConfig({})).toMatchObject({
      Mode: 'PUSH',
      NotificationUrl: 'http://example.com/',
      UploadMediaCompleteEventSwitch: 'ON',
    });
    await stack.client.ModifyEventConfig({});
    await stack.client.ModifyEventConfig({ NotificationUrl: '' });
    expect(await stack.client.DescribeEventConfig({})).toMatchObject({ Mode: 'PUSH', NotificationUrl: '' });
  });
});

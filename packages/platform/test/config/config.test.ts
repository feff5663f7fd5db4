import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/index.ts';

describe('loadConfig', () => {
  it('has a default for everything', () => {
    expect(loadConfig({ env: {} })).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataFolder: resolve('data'),
      credentials: {},
      logLevel: 'info',
      allowPrivateAddresses: 'auto',
      databaseUrl: undefined,
    });
    expect(loadConfig({ env: {} }).transcodeConcurrency).toBeGreaterThanOrEqual(1);
  });

  it('reads the environment, where an empty value counts as absent', () => {
    const config = loadConfig({
      env: {
        VODSTACK_PORT: '0',
        VODSTACK_HOST: '',
        VODSTACK_DATA: 'some/where',
        SECRET_ID: 'AKIDexample',
        SECRET_KEY: 'secretsecret',
        APPID: '1250000001',
        VODSTACK_DATABASE_URL: 'postgres://user:pass@db:5432/vod',
        VODSTACK_PUBLIC_URL: 'https://video.example.org/',
        VODSTACK_TRANSCODE_CONCURRENCY: '3',
      },
    });
    expect(config).toMatchObject({
      port: 0,
      host: '127.0.0.1',
      dataFolder: resolve('some/where'),
      credentials: { secretId: 'AKIDexample', secretKey: 'secretsecret', appId: 1250000001 },
      databaseUrl: 'postgres://user:pass@db:5432/vod',
      publicUrl: 'https://video.example.org',
      transcodeConcurrency: 3,
    });
  });

  it('lets the command line win over the environment', () => {
    const env = { VODSTACK_PORT: 'nonsense', VODSTACK_HOST: 'from.env' };
    expect(loadConfig({ env, options: { port: 9000, host: undefined } })).toMatchObject({
      port: 9000,
      host: 'from.env',
    });
  });

  it('cannot be changed', () => {
    const config = loadConfig({ env: {} });
    expect(Object.isFrozen(config) && Object.isFrozen(config.credentials)).toBe(true);
  });

  it('lists every problem at once and repeats no secret', () => {
    const env = {
      VODSTACK_PORT: '70000',
      VODSTACK_LOG_LEVEL: 'loud',
      VODSTACK_DATABASE_URL: 'mysql://u:hidden1@h/d',
      VODSTACK_PUBLIC_URL: 'video.example.org',
      APPID: '1e3',
      SECRET_KEY: 'hidden2hidden2',
    };
    const error = catchConfigError(() => loadConfig({ env }));
    expect(error.problems).toMatchObject([
      { name: 'VODSTACK_PORT', expected: 'a port from 0 to 65535', got: '"70000"' },
      { name: 'APPID', got: '"1e3"' },
      { name: 'VODSTACK_DATABASE_URL' },
      { name: 'VODSTACK_PUBLIC_URL' },
      { name: 'VODSTACK_LOG_LEVEL' },
      { name: 'SECRET_ID', got: 'nothing' },
    ]);
    expect(error.message.split('\n')).toHaveLength(6);
    expect(error.message).not.toContain('hidden1');
    expect(error.message).not.toContain('hidden2');
  });

  it.each([
    ['SECRET_ID', 'SECRET_KEY'],
    ['SECRET_KEY', 'SECRET_ID'],
  ])('wants %s and %s together', (given, missing) => {
    const error = catchConfigError(() => loadConfig({ env: { [given]: 'something-long' } }));
    expect(error.problems.map(({ name }) => name)).toEqual([missing]);
  });
});

function catchConfigError(action: () => unknown): ConfigError {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('No ConfigError');
}

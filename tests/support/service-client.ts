import { AbstractClient } from 'tencentcloud-sdk-nodejs-common/tencentcloud/common/abstract_client.js';
import type { Stack } from './stack.ts';

export interface ServiceClientOptions {
  readonly version: string;
  readonly secretId?: string;
  readonly secretKey?: string;
  readonly token?: string;
  readonly reqMethod?: 'GET' | 'POST';
}

/** The official SDK's common client: what the client of each of the cloud's products is made of. */
export function createServiceClient(stack: Stack, options: ServiceClientOptions): AbstractClient {
  const { secretId, secretKey } = stack.server.credentials;
  const { host } = new URL(stack.url);
  return new AbstractClient(host, options.version, {
    credential: {
      secretId: options.secretId ?? secretId,
      secretKey: options.secretKey ?? secretKey,
      ...(options.token ? { token: options.token } : {}),
    },
    region: 'ap-guangzhou',
    profile: {
      httpProfile: { endpoint: host, protocol: 'http://', reqMethod: options.reqMethod ?? 'POST' },
    },
  });
}

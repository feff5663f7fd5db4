import { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';

/** How to reach the VOD API: the real cloud when `endpoint` and `protocol` are absent. */
export interface VodConnection {
  readonly secretId: string;
  readonly secretKey: string;
  /** For temporary credentials. */
  readonly token?: string;
  /** `ap-guangzhou` by default; VOD is one service for all regions but wants the header. */
  readonly region?: string;
  /** host[:port], e.g. `127.0.0.1:8080`. */
  readonly endpoint?: string;
  readonly protocol?: 'http://' | 'https://';
}

/** The part of the SDK's client that is used here, so that an own client (proxy, agent, credential provider) can be passed. */
export interface VodClient {
  request(action: string, request: object, options: { readonly signal: AbortSignal }): Promise<unknown>;
}

/** Creates the official SDK's client. */
export function createVodClient(connection: VodConnection): VodClient {
  const { secretId, secretKey, token, region = 'ap-guangzhou', endpoint, protocol } = connection;
  return new Client({
    credential: { secretId, secretKey, ...(token !== undefined && { token }) },
    region,
    profile: {
      httpProfile: {
        ...(endpoint !== undefined && { endpoint }),
        ...(protocol !== undefined && { protocol }),
      },
    },
  });
}

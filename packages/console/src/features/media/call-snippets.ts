import type { Account } from '../../shared/api/account.ts';
import type { VodCall } from '../../shared/api/use-vod-action.ts';
import { toCurl } from '../../shared/events/to-curl.ts';

type Place = Pick<Account, 'endpoint' | 'secretId'>;

/** The call with the official Node.js SDK. Keys stay out of the source. */
export function toNodeCall({ action, parameters }: VodCall, { endpoint, secretId }: Place): string {
  const { host, protocol } = new URL(endpoint);
  return `import { vod } from 'tencentcloud-sdk-nodejs-vod';

const client = new vod.v20180717.Client({
  credential: { secretId: '${secretId}', secretKey: process.env.VOD_SECRET_KEY },
  profile: { httpProfile: { endpoint: '${host}', protocol: '${protocol}//' } },
});

console.log(await client.${action}(${JSON.stringify(parameters, null, 2)}));`;
}

/** The call with the official Python SDK. */
export function toPythonCall({ action, parameters }: VodCall, { endpoint, secretId }: Place): string {
  const { host, protocol } = new URL(endpoint);
  return `import json, os
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

profile = ClientProfile(httpProfile=HttpProfile(endpoint='${host}', protocol='${protocol.slice(0, -1)}'))
client = CommonClient('vod', '2018-07-17', Credential('${secretId}', os.environ['VOD_SECRET_KEY']), '', profile)
print(client.call_json('${action}', json.loads(r'''${JSON.stringify(parameters)}''')))`;
}

/** Without a signature, through the console's own door: from the server's own machine only. */
export function toConsoleCurl({ action, parameters }: VodCall, { endpoint }: Place): string {
  return toCurl({
    url: `${endpoint}/console/api/vod/${action}`,
    headers: { 'content-type': 'application/json', 'x-vodstack-console': '1' },
    body: JSON.stringify(parameters),
  });
}

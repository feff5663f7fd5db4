/** A first call with the official SDK. The key stays out of the source, as it should in the reader's program. */
export function sdkSnippet({ endpoint, secretId }: { endpoint: string; secretId: string }): string {
  const { host, protocol } = parseEndpoint(endpoint);
  return `import { vod } from 'tencentcloud-sdk-nodejs-vod';

const client = new vod.v20180717.Client({
  credential: {
    secretId: '${secretId}',
    secretKey: process.env.VOD_SECRET_KEY,
  },
  profile: {
    httpProfile: { endpoint: '${host}', protocol: '${protocol}' },
  },
});

const { MediaInfoSet } = await client.SearchMedia({ Limit: 10 });
console.log(MediaInfoSet);`;
}

/** The SDK takes host and protocol apart, with the colon. */
function parseEndpoint(endpoint: string): { host: string; protocol: string } {
  const url = URL.parse(endpoint);
  return url === null
    ? { host: endpoint, protocol: 'https://' }
    : { host: url.host, protocol: `${url.protocol}//` };
}

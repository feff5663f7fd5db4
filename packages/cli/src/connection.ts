import { loadClientConfig, type ClientConfig } from '@vodstack/platform';
import { Option, type Command } from 'commander';
import { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';

export type VodClient = Client;

export interface ConnectionFlags {
  readonly endpoint?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** The options of every command that talks to a server. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--endpoint <url>', 'the server (VODSTACK_ENDPOINT; default http://127.0.0.1:8080)'),
    )
    .addOption(
      new Option('--data <folder>', 'a data folder to take the key from (VODSTACK_DATA; default ./data)'),
    )
    .addOption(new Option('--json', 'print one JSON object per line'));
}

export function readConnection(flags: ConnectionFlags): ClientConfig {
  return loadClientConfig(process.env, { endpoint: flags.endpoint, dataFolder: flags.data });
}

/** The official client, pointed at the server. */
export function createVodClient({ endpoint, secretId, secretKey }: ClientConfig): VodClient {
  const url = new URL(endpoint);
  return new Client({
    credential: { secretId, secretKey },
    region: 'ap-guangzhou',
    profile: { httpProfile: { endpoint: url.host, protocol: `${url.protocol}//` } },
  });
}

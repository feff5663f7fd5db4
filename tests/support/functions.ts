import { buffer } from 'node:stream/consumers';
import { Client } from 'tencentcloud-sdk-nodejs-scf/tencentcloud/services/scf/v20180416/scf_client.js';
import type { GetFunctionResponse } from 'tencentcloud-sdk-nodejs-scf/tencentcloud/services/scf/v20180416/scf_models.js';
import { ZipFile } from 'yazl';
import { eventually } from './eventually.ts';
import type { Stack } from './stack.ts';

export type FunctionClient = Client;

/** The official client of the function service, with the account's key. */
export function createFunctionClient(stack: Stack, options: { reqMethod?: 'GET' | 'POST' } = {}): Client {
  const { secretId, secretKey } = stack.server.credentials;
  return new Client({
    credential: { secretId, secretKey },
    region: 'ap-guangzhou',
    profile: {
      httpProfile: {
        endpoint: new URL(stack.url).host,
        protocol: 'http://',
        reqMethod: options.reqMethod ?? 'POST',
      },
    },
  });
}

/** A zip file in base64: path → content. */
export async function zip(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const file = new ZipFile();
  for (const [path, content] of Object.entries(files)) file.addBuffer(Buffer.from(content), path);
  file.end();
  return (await buffer(file.outputStream)).toString('base64');
}

export interface Created {
  FunctionName: string;
  Namespace?: string;
  code: string | Readonly<Record<string, string | Buffer>>;
  Handler?: string;
  Runtime?: string;
  Timeout?: number;
  MemorySize?: number;
  Environment?: { Variables: { Key: string; Value: string }[] };
  DeadLetterConfig?: { Type: string; Name: string };
  AsyncRunEnable?: string;
}

/** CreateFunction, and GetFunction until the function is Active, as the official tools do. */
export async function createFunction(
  client: Client,
  { code, ...rest }: Created,
): Promise<GetFunctionResponse> {
  const files = typeof code === 'string' ? { 'index.js': code } : code;
  await client.CreateFunction({
    Runtime: 'Nodejs18.15',
    Handler: 'index.main_handler',
    Code: { ZipFile: await zip(files) },
    ...rest,
  });
  return await whenSettled(client, rest);
}

/** GetFunction once the function is neither Creating nor Updating. */
export async function whenSettled(
  client: Client,
  { FunctionName, Namespace }: { FunctionName: string; Namespace?: string },
): Promise<GetFunctionResponse> {
  return await eventually(`${FunctionName} is deployed`, async () => {
    const fn = await client.GetFunction({ FunctionName, ...(Namespace ? { Namespace } : {}) });
    return fn.Status === 'Creating' || fn.Status === 'Updating' ? undefined : fn;
  });
}

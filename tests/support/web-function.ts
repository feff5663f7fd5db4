import { request, type IncomingHttpHeaders } from 'node:http';
import { createFunction, type FunctionClient } from './functions.ts';

/** A `scf_bootstrap` that starts `app.js`. */
export const NODE_BOOTSTRAP = '#!/bin/bash\nexec /var/lang/node16/bin/node app.js\n';

/** Makes a web function with a function URL, and answers the URL. */
export async function createWebFunction(
  client: FunctionClient,
  {
    name: FunctionName,
    files,
    ...more
  }: { name: string; files: Record<string, string | Buffer> } & Record<string, unknown>,
): Promise<string> {
  const made = await createFunction(client, {
    FunctionName,
    code: files,
    Type: 'HTTP',
    Runtime: 'Nodejs16.13',
    Timeout: 5,
    ...more,
  } as never);
  if (made.Status !== 'Active') throw new Error(JSON.stringify(made.StatusReasons));
  const { TriggerInfo } = await client.CreateTrigger({
    FunctionName,
    TriggerName: 'url',
    Type: 'http',
    TriggerDesc: JSON.stringify({
      AuthType: 'NONE',
      NetConfig: { EnableIntranet: true, EnableExtranet: true },
    }),
  });
  return JSON.parse(TriggerInfo?.TriggerDesc ?? '{}').NetConfig.ExtranetUrl;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  isCutOff: boolean;
}

/** Nothing added, nothing decoded. */
export function send(
  url: string,
  options: {
    method?: string;
    headers?: Record<string, string>;
    body?: Buffer;
    onData?: (text: string) => void;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body, onData } = options;
    const sent = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        onData?.(chunk.toString());
      });
      response.on('error', () => undefined);
      response.on('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
          isCutOff: !response.complete,
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

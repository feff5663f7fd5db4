import { createUploadSignature, type UploadSignatureFields } from '@vodstack/protocol';
import type { Stack } from './stack.ts';

export interface UgcAnswer {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly data: {
    readonly vodSessionKey: string;
    readonly fileId: string;
    readonly [name: string]: unknown;
  };
}

/** An upload signature as an application's own server makes it, by default good for an hour. */
export function signUpload(stack: Stack, fields: Partial<UploadSignatureFields> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  return createUploadSignature(
    {
      secretId: stack.server.credentials.secretId,
      currentTimeStamp: now,
      expireTime: now + 3600,
      random: Math.floor(Math.random() * 2 ** 32),
      ...fields,
    },
    stack.server.credentials.secretKey,
  );
}

export async function callUgc(
  stack: Stack,
  action: 'PrepareUploadUGC' | 'ApplyUploadUGC' | 'CommitUploadUGC' | (string & {}),
  body: object | string,
): Promise<UgcAnswer> {
  const response = await fetch(`${stack.url}/v3/index.php?Action=${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as Omit<UgcAnswer, 'status'>) };
}

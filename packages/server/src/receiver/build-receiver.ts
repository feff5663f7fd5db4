import { createHmac } from 'node:crypto';
import { functionEntry } from '@vodstack/receiver';
import { bundleFunction } from './bundle-function.ts';

/** What the receiver's `config.json` holds: the guide's keys, and where a local stack is to be found. */
export interface ReceiverConfig {
  readonly secret_id: string;
  readonly secret_key: string;
  readonly region: string;
  readonly definitions: readonly number[];
  readonly subappid: number;
  readonly endpoint?: string;
  readonly protocol?: string;
  readonly record_url?: string;
  readonly record_token?: string;
}

/** The files of the function's code package: one bundled CommonJS file, with the official SDK inside, and its configuration. */
export async function buildReceiver(config: ReceiverConfig): Promise<Record<string, string>> {
  return {
    'index.js': await bundleFunction(functionEntry),
    'config.json': `${JSON.stringify(config, null, 2)}\n`,
  };
}

/** What the receiver shows when it posts to the record: whoever has the account's key can make it. */
export function toRecordToken(secretKey: string): string {
  return createHmac('sha256', secretKey).update('receiver record').digest('hex');
}

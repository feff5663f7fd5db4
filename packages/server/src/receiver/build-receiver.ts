import { functionEntry } from '@vodstack/receiver';
import { build } from 'esbuild';

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
  const result = await build({
    entryPoints: [functionEntry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    write: false,
    logLevel: 'silent',
  });
  const [bundle] = result.outputFiles;
  if (!bundle) throw new Error('the bundler made no file');
  return { 'index.js': bundle.text, 'config.json': `${JSON.stringify(config, null, 2)}\n` };
}

import type { TriggerInfo } from 'tencentcloud-sdk-nodejs-scf/tencentcloud/services/scf/v20180416/scf_models.js';
import type { DatedLog } from './dated-log.ts';
import type { DeployTarget } from './deploy-target.ts';
import { addressOf, deployCode, deployTriggers } from './function-client.ts';
import { toCloudTriggers } from './manifest-triggers.ts';
import { packFolder, type PackedFile, zipFiles } from './pack-folder.ts';
import type { CodeSource, FunctionPlan, ReadPlan } from './plan.ts';

/** What the receiver is told of itself. */
export interface ReceiverOptions {
  readonly definitions: readonly number[];
  readonly subAppId: number;
}

export interface Deployed {
  readonly triggers: readonly TriggerInfo[];
  /** Where the function is called; undefined when no trigger has an address. */
  readonly address: string | undefined;
}

/** Deploys a plan, function and triggers, and waits until it serves. */
export async function deployFunction(
  target: DeployTarget,
  { plan, source, notes }: ReadPlan,
  { receiver, log }: { receiver: ReceiverOptions; log: DatedLog },
): Promise<Deployed> {
  const forCloud = target.isCloud ? toCloudTriggers(plan.triggers) : { triggers: plan.triggers, notes: [] };
  for (const note of [...notes, ...forCloud.notes]) log.warn(note);
  const files = await readCode(target, plan, { source, receiver });
  const client = target.scf(plan.region);
  await deployCode(client, plan, await zipFiles(files));
  const triggers = await deployTriggers(client, { ...plan, triggers: forCloud.triggers });
  return { triggers, address: triggers.map(addressOf).find((address) => address !== undefined) };
}

export async function readCode(
  target: DeployTarget,
  plan: FunctionPlan,
  { source, receiver }: { source: CodeSource; receiver: ReceiverOptions },
): Promise<PackedFile[]> {
  if (source.kind === 'folder') return await packFolder({ ...source, ...plan });
  const { buildReceiver, toRecordToken } = await import('@vodstack/server');
  const { key, endpoint } = target;
  const files = await buildReceiver({
    secret_id: key.secretId,
    secret_key: key.secretKey,
    region: plan.region,
    definitions: receiver.definitions,
    subappid: receiver.subAppId,
    ...(endpoint === undefined
      ? {}
      : {
          endpoint: new URL(endpoint).host,
          protocol: `${new URL(endpoint).protocol}//`,
          record_url: `${endpoint}/receiver/outputs`,
          record_token: toRecordToken(key.secretKey),
        }),
  });
  return Object.entries(files).map(([path, text]) => ({
    path,
    bytes: Buffer.from(text),
    isExecutable: false,
  }));
}

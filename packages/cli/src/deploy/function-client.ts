import { setTimeout as delay } from 'node:timers/promises';
import { StartupError } from '@vodstack/platform';
import type { Client } from 'tencentcloud-sdk-nodejs-scf/tencentcloud/services/scf/v20180416/scf_client.js';
import type {
  GetFunctionResponse,
  TriggerInfo,
} from 'tencentcloud-sdk-nodejs-scf/tencentcloud/services/scf/v20180416/scf_models.js';
import type { FunctionPlan, TriggerPlan } from './plan.ts';

/** Which function is meant. */
export interface FunctionName {
  readonly name: string;
  readonly namespace: string;
}

/** The official client waits as long. */
const STATE_DEADLINE_MS = 300_000;
/** A local deployment is ready within a few of these; the cloud's takes longer, and then they get longer too. */
const FIRST_POLL_MS = 25;
const LONGEST_POLL_MS = 500;
const BUSY = new Set(['Creating', 'Updating', 'Publishing', 'Deleting']);

/** The function as the service describes it; undefined when there is none. */
export async function findFunction(
  client: Client,
  { name, namespace }: FunctionName,
): Promise<GetFunctionResponse | undefined> {
  try {
    return await client.GetFunction({ FunctionName: name, Namespace: namespace });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * Waits while the service is at work on the function.
 * @throws StartupError with the service's reason when it ends in anything but Active
 */
export async function waitUntilActive(client: Client, key: FunctionName): Promise<GetFunctionResponse> {
  const found = await waitWhileBusy(client, key);
  if (found?.Status === 'Active') return found;
  const reason = found?.StatusReasons?.[0]?.ErrorMessage ?? found?.StatusDesc;
  throw new StartupError(
    `The function ${key.name} is ${found?.Status ?? 'gone'}${reason ? `: ${reason}` : '.'}`,
  );
}

/** Waits until the function is gone. */
export async function waitUntilGone(client: Client, key: FunctionName): Promise<void> {
  const found = await waitWhileBusy(client, key);
  if (found) throw new StartupError(`The function ${key.name} could not be deleted: it is ${found.Status}.`);
}

async function waitWhileBusy(client: Client, key: FunctionName): Promise<GetFunctionResponse | undefined> {
  const deadline = performance.now() + STATE_DEADLINE_MS;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_POLL_MS)) {
    const found = await findFunction(client, key);
    if (!found || !BUSY.has(found.Status ?? '')) return found;
    if (performance.now() > deadline)
      throw new StartupError(`The function ${key.name} has been ${found.Status} for five minutes.`);
    await delay(pauseMs);
  }
}

/** Creates the function, or brings the one that is there to the plan, and waits until it is Active. */
export async function deployCode(client: Client, plan: FunctionPlan, zip: Buffer): Promise<void> {
  await ensureNamespace(client, plan.namespace);
  const found = await waitWhileBusy(client, plan);
  if (found && found.Status !== 'CreateFailed') await updateFunction(client, plan, { found, zip });
  else {
    if (found) await removeFunction(client, plan);
    await createFunction(client, plan, zip);
  }
  await setAsyncConfig(client, plan);
}

async function createFunction(client: Client, plan: FunctionPlan, zip: Buffer): Promise<void> {
  await client.CreateFunction({
    FunctionName: plan.name,
    Namespace: plan.namespace,
    Type: plan.type,
    Runtime: plan.runtime,
    ...(plan.type === 'Event' ? { Handler: plan.handler } : {}),
    Code: { ZipFile: zip.toString('base64') },
    ...toSettings(plan),
  });
  await waitUntilActive(client, plan);
}

/** How often asynchronous calls are repeated, and for how long. */
async function setAsyncConfig(
  client: Client,
  { name, namespace, retryNum, messageTtlSec }: FunctionPlan,
): Promise<void> {
  if (retryNum === undefined && messageTtlSec === undefined) return;
  await client.UpdateFunctionEventInvokeConfig({
    FunctionName: name,
    Namespace: namespace,
    AsyncTriggerConfig: { RetryConfig: [{ RetryNum: retryNum ?? 2 }], MsgTTL: messageTtlSec ?? 21_600 },
  });
}

async function updateFunction(
  client: Client,
  plan: FunctionPlan,
  { found, zip }: { found: GetFunctionResponse; zip: Buffer },
): Promise<void> {
  const changed = [
    [found.Runtime, plan.runtime, 'runtime'],
    [found.Type ?? 'Event', plan.type, 'type'],
  ].find(([is, wanted]) => is !== wanted);
  if (changed) {
    throw new StartupError(
      `The function ${plan.name} has the ${changed[2]} ${changed[0]}, which cannot change to ${changed[1]}: undeploy it first, or deploy under another name.`,
    );
  }
  await updateCode(client, plan, zip);
  await client.UpdateFunctionConfiguration({
    FunctionName: plan.name,
    Namespace: plan.namespace,
    ...toSettings(plan),
  });
  await waitUntilActive(client, plan);
}

/** Only the code; the answer is there when the new code serves. */
export async function updateCode(client: Client, plan: FunctionPlan, zip: Buffer): Promise<void> {
  await client.UpdateFunctionCode({
    FunctionName: plan.name,
    Namespace: plan.namespace,
    ...(plan.type === 'Event' ? { Handler: plan.handler } : {}),
    ZipFile: zip.toString('base64'),
  });
  // Code first: the service takes no configuration while it is at work on it.
  await waitUntilActive(client, plan);
}

function toSettings(plan: FunctionPlan) {
  const variables = Object.entries(plan.environment).map(([Key, Value]) => ({ Key, Value }));
  return {
    Description: plan.description,
    MemorySize: plan.memoryMb,
    Timeout: plan.timeoutSec,
    ...(plan.initTimeoutSec === undefined ? {} : { InitTimeout: plan.initTimeoutSec }),
    ...(plan.maxConcurrency === undefined
      ? {}
      : { InstanceConcurrencyConfig: { DynamicEnabled: 'FALSE', MaxConcurrency: plan.maxConcurrency } }),
    // One empty pair takes all variables away; an empty list would leave them.
    Environment: { Variables: variables.length === 0 ? [{ Key: '', Value: '' }] : variables },
  };
}

async function ensureNamespace(client: Client, namespace: string): Promise<void> {
  if (namespace === 'default') return;
  try {
    await client.CreateNamespace({ Namespace: namespace });
  } catch (error) {
    if (codeOf(error) !== 'ResourceInUse.Namespace') throw error;
  }
}

export async function removeFunction(client: Client, { name, namespace }: FunctionName): Promise<void> {
  await client.DeleteFunction({ FunctionName: name, Namespace: namespace });
  await waitUntilGone(client, { name, namespace });
}

export async function listTriggers(
  client: Client,
  { name, namespace }: FunctionName,
): Promise<TriggerInfo[]> {
  const { Triggers = [] } = await client.ListTriggers({
    FunctionName: name,
    Namespace: namespace,
    Limit: 100,
  });
  return Triggers ?? [];
}

/** Makes the triggers of the plan. One that is there and says the same stays, and with it its address. */
export async function deployTriggers(client: Client, plan: FunctionPlan): Promise<TriggerInfo[]> {
  const present = await listTriggers(client, plan);
  for (const trigger of plan.triggers) {
    const same = present.find((each) => isOfPlan(each, trigger));
    if (same && isUnchanged(same, trigger)) continue;
    await (same ? updateTrigger(client, plan, { trigger, same }) : createTrigger(client, plan, trigger));
  }
  return await listTriggers(client, plan);
}

/** A function URL's name is the service's own: there is one for each version or alias. */
function isOfPlan(info: TriggerInfo, { name, type, qualifier }: TriggerPlan): boolean {
  if (info.Type !== type) return false;
  return type === 'http' ? info.Qualifier === qualifier : info.TriggerName === name;
}

function isUnchanged(info: TriggerInfo, { desc, isEnabled }: TriggerPlan): boolean {
  if ((info.Enable === 1) !== isEnabled) return false;
  const stored = parseDesc(info.TriggerDesc);
  return includes(stored, typeof desc === 'string' ? { cron: desc } : desc);
}

/** Whether everything that is wanted stands in what is there, whatever else there is. */
function includes(stored: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return stored === wanted;
  if (typeof stored !== 'object' || stored === null) return false;
  const fields = new Map(Object.entries(stored));
  return Object.entries(wanted).every(([name, value]) => includes(fields.get(name), value));
}

export function parseDesc(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return text;
  }
}

async function createTrigger(client: Client, plan: FunctionPlan, trigger: TriggerPlan): Promise<void> {
  await client.CreateTrigger({ TriggerName: trigger.name, ...toTriggerFields(plan, trigger) });
}

async function updateTrigger(
  client: Client,
  plan: FunctionPlan,
  { trigger, same }: { trigger: TriggerPlan; same: TriggerInfo },
): Promise<void> {
  await client.UpdateTrigger({
    TriggerName: same.TriggerName ?? trigger.name,
    ...toTriggerFields(plan, trigger),
  });
}

function toTriggerFields({ name, namespace }: FunctionPlan, trigger: TriggerPlan) {
  return {
    FunctionName: name,
    Namespace: namespace,
    Type: trigger.type,
    Qualifier: trigger.qualifier,
    TriggerDesc: typeof trigger.desc === 'string' ? trigger.desc : JSON.stringify(trigger.desc),
    Enable: trigger.isEnabled ? 'OPEN' : 'CLOSE',
    ...(trigger.argument === undefined ? {} : { CustomArgument: trigger.argument }),
  };
}

export async function deleteTrigger(
  client: Client,
  { name, namespace }: FunctionName,
  trigger: TriggerInfo,
): Promise<void> {
  await client.DeleteTrigger({
    FunctionName: name,
    Namespace: namespace,
    TriggerName: trigger.TriggerName ?? '',
    Type: trigger.Type ?? '',
    ...(trigger.Qualifier ? { Qualifier: trigger.Qualifier } : {}),
  });
}

/** Where a trigger is called; undefined for one that has no address. */
export function addressOf({ Type, TriggerDesc }: TriggerInfo): string | undefined {
  const desc = parseDesc(TriggerDesc) as {
    service?: { subDomain?: unknown };
    NetConfig?: { ExtranetUrl?: unknown };
  } | null;
  const address = Type === 'apigw' ? desc?.service?.subDomain : desc?.NetConfig?.ExtranetUrl;
  return typeof address === 'string' && address !== '' ? address : undefined;
}

function isNotFound(error: unknown): boolean {
  return /^ResourceNotFound\.(?:Function|FunctionName|Namespace)$/u.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

import { DEFAULT_INIT_TIMEOUT_SEC } from '../function-details.ts';
import { LATEST, type DeployedFunction } from '../function-store.ts';
import { networkOf } from '../network-policy.ts';
import type { Isolation } from '../runtime/function-process.ts';
import { toConcurrency } from '../web-function.ts';
import { defineAction, type Action } from './action.ts';
import { functionFields, text, toKey, toTimeText } from './fields.ts';
import { toTriggerInfo } from './trigger-info.ts';

export const getFunction: Action = defineAction({
  name: 'GetFunction',
  parameters: { ...functionFields, Qualifier: text.optional(), ShowCode: text.optional() },
  async handle(context, request) {
    const key = toKey(request);
    const { Qualifier: qualifier = LATEST } = request;
    const fn = await context.resolver.resolve(key, qualifier === '' ? LATEST : qualifier);
    const triggers = await context.triggers.list(key);
    return {
      ...toFunctionInfo(fn),
      CodeInfo: request.ShowCode?.toUpperCase() === 'TRUE' ? await context.showCode(fn) : '',
      StatusDesc: fn.statusReason ?? toNetworkNote(fn, context.isolation),
      Qualifier: qualifier,
      Triggers: triggers.map((trigger) => toTriggerInfo(context, trigger)),
    };
  },
});

function toFunctionInfo(fn: DeployedFunction): object {
  const { details } = fn;
  return {
    ...DEFAULTS,
    ...details.shown,
    FunctionName: fn.name,
    FunctionId: fn.functionId,
    Namespace: fn.namespace,
    FunctionVersion: fn.functionVersion,
    Runtime: fn.runtime,
    Handler: fn.handler,
    MemorySize: fn.memoryMb,
    Timeout: fn.timeoutSec,
    InitTimeout: details.initTimeoutSec ?? DEFAULT_INIT_TIMEOUT_SEC,
    Description: details.description ?? '',
    Type: details.type ?? 'Event',
    ...(details.type === 'HTTP'
      ? { InstanceConcurrencyConfig: { DynamicEnabled: 'FALSE', MaxConcurrency: toConcurrency(fn) } }
      : {}),
    AsyncRunEnable: details.asyncRunEnable ?? 'FALSE',
    Environment: { Variables: Object.entries(fn.environment).map(([Key, Value]) => ({ Key, Value })) },
    CodeSize: fn.codeBytes,
    CodeResult: fn.status === 'CreateFailed' ? 'failed' : 'success',
    ...toStatus(fn),
    DeadLetterConfig: details.deadLetter ?? { Type: '', Name: '', FilterType: '' },
    PublicNetConfig: {
      PublicNetStatus: details.publicNetStatus ?? 'ENABLE',
      EipConfig: { EipStatus: 'DISABLE', EipAddress: [] },
    },
    AddTime: toTimeText(fn.createdAt),
    ModTime: toTimeText(fn.modifiedAt),
  };
}

/** What this machine cannot hold a function to must not look as if it did. */
function toNetworkNote(fn: DeployedFunction, { kind }: Isolation): string {
  const policy = networkOf(fn);
  if (kind === 'bubblewrap' || policy === 'all') return '';
  return `Its network policy "${policy}" is not enforced: functions run as plain processes here. Install bubblewrap.`;
}

/** Also a row of ListFunctions has them. */
export function toStatus({ status, statusReason }: DeployedFunction): {
  Status: string;
  StatusDesc: string;
  StatusReasons: { ErrorCode: string; ErrorMessage: string }[];
} {
  const reasons = statusReason === null ? [] : [{ ErrorCode: status, ErrorMessage: statusReason }];
  return { Status: status, StatusDesc: statusReason ?? '', StatusReasons: reasons };
}

/** What the cloud answers for what does not exist here. */
const DEFAULTS = {
  CodeInfo: '',
  CodeError: '',
  ErrNo: 0,
  AvailableStatus: 'Available',
  UseGpu: 'FALSE',
  Role: '',
  InstallDependency: 'FALSE',
  ClsLogsetId: '',
  ClsTopicId: '',
  VpcConfig: { VpcId: '', SubnetId: '' },
  Tags: [],
  Layers: [],
  EipConfig: { EipFixed: 'FALSE', Eips: [] },
  AccessInfo: { Host: '', Vip: '' },
  L5Enable: 'FALSE',
  OnsEnable: 'FALSE',
  CfsConfig: { CfsInsList: [] },
  TraceEnable: 'FALSE',
  ProtocolType: '',
  DnsCache: 'FALSE',
  IntranetConfig: { IpFixed: 'DISABLE', IpAddress: [] },
};

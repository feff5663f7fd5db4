import { z } from 'zod';
import { FunctionError } from '../function-error.ts';
import type { FunctionConfig } from '../function-config.ts';
import type { FunctionDetails } from '../function-details.ts';
import { decimal, flag, integer, text, type Text } from './fields.ts';

type Optional<Field extends z.ZodType> = z.ZodOptional<Field>;

interface EnvironmentRequest {
  Variables?: { Key?: string | undefined; Value?: string | undefined }[] | undefined;
}
interface DeadLetterRequest {
  Type: string;
  Name: string;
  FilterType?: string | undefined;
}
interface PublicNetRequest {
  PublicNetStatus: string;
  EipConfig?: { EipStatus: string } | undefined;
}
interface LayerRequest {
  LayerName?: string | undefined;
  LayerVersion?: number | undefined;
}

const environment: z.ZodType<EnvironmentRequest> = z.object({
  Variables: z.array(z.object({ Key: text.optional(), Value: text.optional() })).optional(),
});
const deadLetter: z.ZodType<DeadLetterRequest> = z.object({
  Type: text,
  Name: text,
  FilterType: text.optional(),
});
const publicNet: z.ZodType<PublicNetRequest> = z.object({
  PublicNetStatus: text,
  EipConfig: z.object({ EipStatus: text }).optional(),
});
const layer: z.ZodType<LayerRequest> = z.object({
  LayerName: text.optional(),
  LayerVersion: decimal.optional(),
});
interface ConcurrencyRequest {
  DynamicEnabled?: string | undefined;
  MaxConcurrency?: number | undefined;
}
const concurrency: z.ZodType<ConcurrencyRequest> = z.object({
  DynamicEnabled: text.optional(),
  MaxConcurrency: integer.optional(),
});
const cfs: z.ZodType<{ CfsInsList?: unknown[] | undefined }> = z.object({
  CfsInsList: z.array(z.unknown()).optional(),
});
const vpc: z.ZodType<object> = z.object({ VpcId: text.optional(), SubnetId: text.optional() });

interface ConfigurationFields {
  Description: Optional<Text>;
  MemorySize: Optional<typeof integer>;
  Timeout: Optional<typeof integer>;
  InitTimeout: Optional<typeof integer>;
  Environment: Optional<typeof environment>;
  DeadLetterConfig: Optional<typeof deadLetter>;
  PublicNetConfig: Optional<typeof publicNet>;
  Layers: Optional<z.ZodType<LayerRequest[]>>;
  Role: Optional<Text>;
  CfsConfig: Optional<typeof cfs>;
  VpcConfig: Optional<typeof vpc>;
  ClsLogsetId: Optional<Text>;
  ClsTopicId: Optional<Text>;
  InstallDependency: Optional<Text>;
  L5Enable: Optional<Text>;
  DnsCache: Optional<Text>;
  IgnoreSysLog: Optional<typeof flag>;
  InstanceConcurrencyConfig: Optional<typeof concurrency>;
}

/** Configuration that CreateFunction and UpdateFunctionConfiguration share. */
export const configurationFields: ConfigurationFields = {
  Description: text.optional(),
  MemorySize: integer.optional(),
  Timeout: integer.optional(),
  InitTimeout: integer.optional(),
  Environment: environment.optional(),
  DeadLetterConfig: deadLetter.optional(),
  PublicNetConfig: publicNet.optional(),
  Layers: z.array(layer).optional(),
  Role: text.optional(),
  CfsConfig: cfs.optional(),
  VpcConfig: vpc.optional(),
  ClsLogsetId: text.optional(),
  ClsTopicId: text.optional(),
  InstallDependency: text.optional(),
  L5Enable: text.optional(),
  DnsCache: text.optional(),
  IgnoreSysLog: flag.optional(),
  InstanceConcurrencyConfig: concurrency.optional(),
};

type ConfigurationRequest = z.infer<z.ZodObject<Pick<ConfigurationFields, keyof ConfigurationFields>>>;

/** Kept and shown, and without effect here. */
const SHOWN_FIELDS = [
  'Role',
  'VpcConfig',
  'ClsLogsetId',
  'ClsTopicId',
  'InstallDependency',
  'L5Enable',
  'DnsCache',
  'IgnoreSysLog',
] as const;

/** The configuration with what the request sets. @throws FunctionError */
export function applyConfiguration(current: FunctionConfig, request: ConfigurationRequest): FunctionConfig {
  assertNoLayers(request.Layers);
  if (request.CfsConfig?.CfsInsList?.length) {
    throw new FunctionError('UnsupportedOperation', '`CfsConfig` is not supported by this server.');
  }
  return {
    ...current,
    timeoutSec: request.Timeout ?? current.timeoutSec,
    memoryMb: request.MemorySize ?? current.memoryMb,
    environment: request.Environment ? toEnvironment(request.Environment) : current.environment,
    details: applyDetails(current.details ?? {}, request),
  };
}

function applyDetails(current: FunctionDetails, request: ConfigurationRequest): FunctionDetails {
  const shown: Record<string, unknown> = { ...current.shown };
  for (const name of SHOWN_FIELDS) if (request[name] !== undefined) shown[name] = request[name];
  return withoutUndefined({
    ...current,
    description: request.Description ?? current.description,
    initTimeoutSec: request.InitTimeout ?? current.initTimeoutSec,
    deadLetter: request.DeadLetterConfig ? toDeadLetter(request.DeadLetterConfig) : current.deadLetter,
    publicNetStatus: request.PublicNetConfig
      ? toPublicNetStatus(request.PublicNetConfig)
      : current.publicNetStatus,
    maxConcurrency: request.InstanceConcurrencyConfig
      ? toMaxConcurrency(request.InstanceConcurrencyConfig, current.type)
      : current.maxConcurrency,
    shown: Object.keys(shown).length > 0 ? shown : undefined,
  });
}

function withoutUndefined(details: FunctionDetails): FunctionDetails {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}

function toEnvironment({
  Variables: variables = [],
}: NonNullable<ConfigurationRequest['Environment']>): Record<string, string> {
  // The official tools clear the variables by sending one that is empty.
  const named = variables.filter(({ Key: key = '', Value: value = '' }) => key !== '' || value !== '');
  return Object.fromEntries(named.map(({ Key: key = '', Value: value = '' }) => [key, value]));
}

function toDeadLetter(
  config: NonNullable<ConfigurationRequest['DeadLetterConfig']>,
): FunctionDetails['deadLetter'] {
  const { Type: type, Name: name } = config;
  if (type === '' && name === '') return undefined;
  if (!/^[\w.-]{1,128}$/u.test(name) || !['CMQ-TOPIC', 'CMQ-QUEUE'].includes(type.toUpperCase())) {
    throw new FunctionError(
      'InvalidParameterValue.DeadLetterConfig',
      `DeadLetterConfig must have the Type CMQ-QUEUE or CMQ-TOPIC and a Name of letters, digits, ".", "-", "_", got "${type}", "${name.slice(0, 60)}".`,
    );
  }
  return config;
}

function toPublicNetStatus({
  PublicNetStatus: status,
  EipConfig: eip,
}: NonNullable<ConfigurationRequest['PublicNetConfig']>): string {
  if (eip?.EipStatus === 'ENABLE') {
    throw new FunctionError(
      'UnsupportedOperation',
      '`PublicNetConfig.EipConfig` is not supported by this server.',
    );
  }
  if (status === 'ENABLE' || status === 'DISABLE') return status;
  throw new FunctionError(
    'InvalidParameterValue.PublicNetConfig',
    `PublicNetConfig.PublicNetStatus must be ENABLE or DISABLE, got "${status}".`,
  );
}

const MAX_CONCURRENCY = 100;

/** Dynamic: as many as the cloud allows. */
function toMaxConcurrency(
  { DynamicEnabled: dynamic, MaxConcurrency: max = 1 }: ConcurrencyRequest,
  type: string | undefined,
): number | undefined {
  const wanted = dynamic === 'TRUE' ? MAX_CONCURRENCY : max;
  if (wanted === 1) return undefined;
  if (type === 'HTTP' && wanted >= 2 && wanted <= MAX_CONCURRENCY) return wanted;
  throw new FunctionError(
    'InvalidParameterValue.InstanceConcurrencyConfig',
    `InstanceConcurrencyConfig.MaxConcurrency must be 2 to ${MAX_CONCURRENCY}, and is for functions of the Type HTTP only; got ${max}.`,
  );
}

const MAX_LAYERS = 5;

/** The official tools clear the layers by sending one that is empty. */
function assertNoLayers(layers: ConfigurationRequest['Layers']): void {
  const named = (layers ?? []).filter(({ LayerName: name = '' }) => name !== '');
  if (named.length > MAX_LAYERS) {
    throw new FunctionError(
      'InvalidParameterValue.Layers',
      `A function may have ${MAX_LAYERS} layers, got ${named.length}.`,
    );
  }
  if (named.length > 0) {
    throw new FunctionError('UnsupportedOperation', '`Layers` is not supported by this server.');
  }
}

import type { FunctionDetail } from './function-types.ts';

/** What stands in the form of a function's configuration. */
export interface ConfigurationDraft {
  Description: string;
  MemorySize: number;
  Timeout: number;
  InitTimeout: number;
  /** Of a web function; 1 for the others. */
  MaxConcurrency: number;
  /** The value of VODSTACK_NETWORK; empty: not set. */
  network: string;
  /** The other variables. */
  variables: readonly Variable[];
}

export interface Variable {
  Key: string;
  Value: string;
}

export const NETWORKS = ['', 'all', 'vodstack', 'none'] as const;
export type Network = (typeof NETWORKS)[number];
const NETWORK_VARIABLE = 'VODSTACK_NETWORK';
/** 64 MB, 128 MB and its multiples. */
export const MEMORY_SIZES: readonly number[] = [
  64,
  ...Array.from({ length: 24 }, (_, index) => (index + 1) * 128),
];

export function toDraft(detail: FunctionDetail): ConfigurationDraft {
  const { Variables } = detail.Environment;
  return {
    Description: detail.Description,
    MemorySize: detail.MemorySize,
    Timeout: detail.Timeout,
    InitTimeout: detail.InitTimeout,
    MaxConcurrency: detail.InstanceConcurrencyConfig?.MaxConcurrency ?? 1,
    network: Variables.find(({ Key }) => Key === NETWORK_VARIABLE)?.Value ?? '',
    variables: Variables.filter(({ Key }) => Key !== NETWORK_VARIABLE),
  };
}

/** UpdateFunctionConfiguration's members that differ from what is saved. */
export function toChanges(saved: ConfigurationDraft, draft: ConfigurationDraft): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const name of ['Description', 'MemorySize', 'Timeout', 'InitTimeout'] as const)
    if (draft[name] !== saved[name]) changes[name] = draft[name];
  if (draft.MaxConcurrency !== saved.MaxConcurrency)
    changes['InstanceConcurrencyConfig'] = { DynamicEnabled: 'FALSE', MaxConcurrency: draft.MaxConcurrency };
  const variables = toVariables(draft);
  if (JSON.stringify(variables) !== JSON.stringify(toVariables(saved)))
    // As the official tools do: an empty one clears them.
    changes['Environment'] = { Variables: variables.length === 0 ? [{ Key: '', Value: '' }] : variables };
  return changes;
}

function toVariables({ network, variables }: ConfigurationDraft): Variable[] {
  const named = variables.filter(({ Key, Value }) => Key !== '' || Value !== '');
  return network === '' ? named : [...named, { Key: NETWORK_VARIABLE, Value: network }];
}

const FIELDS_BY_CODE = [
  ['Memory', 'MemorySize'],
  ['InitTimeout', 'InitTimeout'],
  ['Timeout', 'Timeout'],
  ['Description', 'Description'],
  ['Environment', 'variables'],
  ['InstanceConcurrencyConfig', 'MaxConcurrency'],
] as const;

/** Which field an error of the server is about, by its code (`LimitExceeded.Timeout`); undefined: none of them. */
export function fieldOfError(code: string | null): keyof ConfigurationDraft | undefined {
  const about = code?.split('.')[1] ?? '';
  return FIELDS_BY_CODE.find(([prefix]) => about.startsWith(prefix))?.[1];
}

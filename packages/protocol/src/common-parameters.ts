import type { FlatParameters } from './flat-parameters.ts';

/**
 * The parameters that every API 3.0 call may carry among its own (form and GET requests without X-TC- headers):
 * https://cloud.tencent.com/document/api/266/31755. No action of the API has a parameter of these names.
 */
export const commonParameterNames = [
  'Action',
  'Version',
  'Region',
  'Timestamp',
  'Nonce',
  'SecretId',
  'Signature',
  'SignatureMethod',
  'Token',
  'Language',
  'RequestClient',
] as const;

export type CommonParameterName = (typeof commonParameterNames)[number];

const names: ReadonlySet<string> = new Set(commonParameterNames);

function isCommon(name: string): name is CommonParameterName {
  return names.has(name);
}

/** Parts a call's common parameters from the action's own. */
export function splitCommonParameters(flat: FlatParameters): {
  common: Partial<Record<CommonParameterName, string>>;
  own: FlatParameters;
} {
  const common: Partial<Record<CommonParameterName, string>> = {};
  const own = new Map<string, string>();
  for (const [name, value] of flat) {
    if (isCommon(name)) common[name] = value;
    else own.set(name, value);
  }
  return { common, own };
}

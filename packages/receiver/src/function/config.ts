import { isJsonObject, type JsonObject } from '../parse/json.ts';
import type { VodConnection } from '../vod/client.ts';

/** What config.json says, read and checked. */
export interface FunctionConfig {
  readonly connection: VodConnection;
  readonly definitions: readonly number[];
  /** Undefined: the account's main application (absent or 0 in the file). */
  readonly subAppId: number | undefined;
  readonly signKey: string | undefined;
  readonly recordUrl: string | undefined;
  readonly recordToken: string | undefined;
}

/** config.json can't be used. The message lists every problem, and never a value of a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const DEFAULT_DEFINITIONS = [100010, 100020];
const DEFAULT_REGION = 'ap-guangzhou';

/**
 * Checks the guide's keys `secret_id`, `secret_key`, `region`, `definitions`, `subappid` and ours: `endpoint` (host:port), `protocol`,
 * `sign_key`, `record_url`, `record_token`. Unknown keys are ignored. Throws ConfigError with all problems at once.
 */
export function parseFunctionConfig(value: unknown): FunctionConfig {
  const fields: JsonObject = isJsonObject(value) ? value : {};
  const problems = isJsonObject(value) ? [] : ['expected a JSON object'];
  const config = {
    connection: readConnection(fields, problems),
    definitions: readDefinitions(fields, problems),
    subAppId: readSubAppId(fields, problems),
    signKey: readText(fields, 'sign_key', problems),
    recordUrl: readUrl(fields, 'record_url', problems),
    recordToken: readText(fields, 'record_token', problems),
  };
  if (problems.length > 0) throw new ConfigError(`config.json: ${problems.join('; ')}`);
  return config;
}

function readConnection(fields: JsonObject, problems: string[]): VodConnection {
  const endpoint = readEndpoint(fields, problems);
  const protocol = readProtocol(fields, problems);
  return {
    secretId: readRequired(fields, 'secret_id', problems),
    secretKey: readRequired(fields, 'secret_key', problems),
    region: readText(fields, 'region', problems) ?? DEFAULT_REGION,
    ...(endpoint !== undefined && { endpoint }),
    ...(protocol !== undefined && { protocol }),
  };
}

function readRequired(fields: JsonObject, name: string, problems: string[]): string {
  const value = fields[name];
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  problems.push(
    `${name}: expected a non-empty string, got ${typeName(value)}; take it from the console, API keys`,
  );
  return '';
}

function readText(fields: JsonObject, name: string, problems: string[]): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  problems.push(`${name}: expected a string, got ${typeName(value)}`);
  return undefined;
}

function readEndpoint(fields: JsonObject, problems: string[]): string | undefined {
  const endpoint = readText(fields, 'endpoint', problems);
  if (endpoint === undefined || /^[\w.-]+(?::\d{1,5})?$/.test(endpoint)) return endpoint;
  problems.push(
    `endpoint: expected host or host:port such as 127.0.0.1:8080, got ${JSON.stringify(endpoint)}`,
  );
  return undefined;
}

function readProtocol(fields: JsonObject, problems: string[]): 'http://' | 'https://' | undefined {
  const protocol = readText(fields, 'protocol', problems);
  if (protocol === undefined) return undefined;
  if (protocol === 'http' || protocol === 'http://') return 'http://';
  if (protocol === 'https' || protocol === 'https://') return 'https://';
  problems.push(`protocol: expected "http://" or "https://", got ${JSON.stringify(protocol)}`);
  return undefined;
}

function readDefinitions(fields: JsonObject, problems: string[]): readonly number[] {
  const value = fields['definitions'];
  if (value === undefined || value === null) return DEFAULT_DEFINITIONS;
  const definitions = Array.isArray(value) ? value.map((item: unknown) => toWholeNumber(item)) : [];
  const valid = definitions.filter((item): item is number => item !== undefined && item > 0);
  if (valid.length > 0 && valid.length === definitions.length) return [...new Set(valid)];
  problems.push(
    `definitions: expected a list of template numbers such as [100010, 100020], got ${JSON.stringify(value)}`,
  );
  return DEFAULT_DEFINITIONS;
}

function readSubAppId(fields: JsonObject, problems: string[]): number | undefined {
  const value = fields['subappid'];
  if (value === undefined || value === null || value === '') return undefined;
  const subAppId = toWholeNumber(value);
  if (subAppId === undefined)
    problems.push(`subappid: expected a number, 0 for the main application, got ${JSON.stringify(value)}`);
  return subAppId === 0 ? undefined : subAppId;
}

function readUrl(fields: JsonObject, name: string, problems: string[]): string | undefined {
  const value = readText(fields, name, problems);
  if (value === undefined || isHttpAddress(value)) return value;
  problems.push(`${name}: expected an http(s) address, got ${JSON.stringify(value)}`);
  return undefined;
}

/** Not URL.canParse, which Node 18.15 (a function runtime) lacks. */
function isHttpAddress(value: string): boolean {
  try {
    return /^https?:$/.test(new URL(value).protocol);
  } catch {
    return false;
  }
}

function toWholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function typeName(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  return value === '' ? 'an empty one' : `a value of type ${Array.isArray(value) ? 'array' : typeof value}`;
}

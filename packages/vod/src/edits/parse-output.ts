import { ApiError } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { parseClassId, parseExpireTime } from '../media/media-parameters.ts';
import { assertSupported } from '../tasks/assert-supported.ts';
import { countCharacters } from '../count-characters.ts';

interface OutputRequest {
  readonly ClassId?: number | null;
  readonly ExpireTime?: string | null;
}

const MAX_NAME = 64;

/** What every media that is made of others is told of its place. @throws ApiError for what is not there or has gone */
export async function assertOutput(
  context: VodContext,
  subAppId: number,
  name: string,
  { ClassId, ExpireTime }: OutputRequest,
): Promise<void> {
  if (countCharacters(name) > MAX_NAME) {
    throw wrong(
      'the name of the output',
      `may have ${MAX_NAME} characters at most, got ${countCharacters(name)}.`,
    );
  }
  if (ClassId) await parseClassId(context, subAppId, ClassId);
  parseExpireTime(ExpireTime, context.clock());
}

/** @throws ApiError UnsupportedOperation for H.266, InvalidParameterValue for what is no codec */
export function assertCodec(codec: string | null | undefined, allowed: readonly string[]): void {
  if (codec === 'H.266') assertSupported({ Codec: codec });
  if (codec) assertOneOf('Codec', codec, allowed);
}

export function assertOneOf(
  name: string,
  value: string | number,
  allowed: readonly (string | number)[],
): void {
  if (allowed.includes(value)) return;
  const got = JSON.stringify(value).slice(0, 40);
  throw wrong(`The parameter \`${name}\``, `must be one of ${allowed.join(', ')}, got ${got}.`);
}

export function assertBetween(name: string, value: number, [least, most]: readonly [number, number]): void {
  if (value >= least && value <= most) return;
  throw wrong(`The parameter \`${name}\``, `must be ${least} to ${most}, got ${value}.`);
}

export function wrong(what: string, detail: string): ApiError {
  return new ApiError('InvalidParameterValue', `${what} ${detail}`);
}

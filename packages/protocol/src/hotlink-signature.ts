import { createHash } from 'node:crypto';
import { isSameSecret, type VerificationFailure } from './verification.ts';

// The signature of playback URLs ("Key hotlink protection"): https://cloud.tencent.com/document/product/266/14047

/** The members of a signed URL's query in the order that they must have; both lists of a kind share one place. */
const PLACES: readonly (readonly HotlinkName[])[] = [
  ['t'],
  ['exper'],
  ['rlimit'],
  ['us'],
  ['whref', 'bkref'],
  ['whreg', 'bkreg'],
  ['sign'],
];

type HotlinkName = keyof HotlinkParameters | 'sign';

/** What a signed URL allows, as the texts of its query. Absent means no limit of this kind. */
export interface HotlinkParameters {
  /** Expiry: UNIX seconds in lower-case hexadecimal. */
  readonly t: string;
  /** Seconds of a preview, decimal; 0 is the whole media. */
  readonly exper?: string;
  /** How many client addresses may use the URL, decimal, 1 to 9. */
  readonly rlimit?: string;
  /** Makes each URL different: letters and digits. */
  readonly us?: string;
  /** Sites that may show the media, or may not: host names with commas between them. */
  readonly whref?: string;
  readonly bkref?: string;
  /** Regions from which the media may be played, or may not: ISO 3166 alpha-3 codes with commas between them. */
  readonly whreg?: string;
  readonly bkreg?: string;
}

/** What a verified signature allows. */
export interface HotlinkGrant {
  readonly sign: string;
  readonly expireTimeSec: number;
  /** 0: all of it. */
  readonly previewSec: number;
  readonly maxAddresses: number | undefined;
  readonly allowedReferers: readonly string[] | undefined;
  readonly deniedReferers: readonly string[] | undefined;
  readonly hasRegions: boolean;
  readonly parameters: HotlinkParameters;
}

export type HotlinkVerification =
  | { readonly ok: true; readonly grant: HotlinkGrant }
  | { readonly ok: false; readonly reason: VerificationFailure };

const FORMS: Partial<Record<HotlinkName, RegExp>> = {
  t: /^[0-9a-f]{1,10}$/,
  exper: /^\d{1,9}$/,
  rlimit: /^[1-9]$/,
  us: /^[0-9A-Za-z_-]{1,64}$/,
  sign: /^[0-9a-f]{32}$/,
};

/**
 * The signature of a directory: it opens every file in it, as the segments of a playlist need.
 * @param directory path from the first to the last slash, as it stands in the URL
 */
export function hotlinkSign(key: string, directory: string, parameters: HotlinkParameters): string {
  const { t, exper = '', rlimit = '', us = '', whref = '', bkref = '', whreg = '', bkreg = '' } = parameters;
  const text = [key, directory, t, exper, rlimit, us, whref, bkref, whreg, bkreg].join('');
  return createHash('md5').update(text).digest('hex');
}

/**
 * The query of a signed URL, without its question mark.
 * @param path of the file, as it stands in the URL
 * @example createHotlinkQuery(key, '/a/b/v.mp4', { t: '6553f808' }) // 't=6553f808&sign=…'
 */
export function createHotlinkQuery(key: string, path: string, parameters: HotlinkParameters): string {
  const sign = hotlinkSign(key, toDirectory(path), parameters);
  const members: Partial<Record<HotlinkName, string>> = { ...parameters, sign };
  return PLACES.flat()
    .flatMap((name) => {
      const value = members[name];
      // Commas and dots of the lists stay as they are: the cloud's own URLs have them so.
      return value === undefined ? [] : [`${name}=${encodeURIComponent(value).replaceAll('%2C', ',')}`];
    })
    .join('&');
}

/** The text of `t` for a time. @param expireTimeSec UNIX seconds */
export function toHotlinkTime(expireTimeSec: number): string {
  return Math.floor(expireTimeSec).toString(16);
}

/**
 * Checks the query of a playback URL. Members that are not the signature's are left aside; those that are must stand in
 * their order, once each.
 * @param query raw, without its question mark
 */
export function verifyHotlink(
  { path, query }: { path: string; query: string },
  { key, nowSec }: { key: string; nowSec: number },
): HotlinkVerification {
  const members = readMembers(query);
  if (!members?.t || !members.sign) return { ok: false, reason: 'malformed' };
  const { sign, t, ...limits } = members;
  const parameters: HotlinkParameters = { t, ...limits };
  if (!isSameSecret(hotlinkSign(key, toDirectory(path), parameters), sign))
    return { ok: false, reason: 'mismatch' };
  const grant = toGrant(parameters, sign);
  return nowSec > grant.expireTimeSec ? { ok: false, reason: 'expired' } : { ok: true, grant };
}

function readMembers(query: string): Partial<Record<HotlinkName, string>> | undefined {
  const members: Partial<Record<HotlinkName, string>> = {};
  let place = -1;
  for (const [name, value] of new URLSearchParams(query)) {
    const own = PLACES.findIndex((names) => (names as readonly string[]).includes(name));
    if (own === -1) continue;
    const known = name as HotlinkName;
    if (own <= place || FORMS[known]?.test(value) === false) return undefined;
    place = own;
    members[known] = value;
  }
  return members;
}

function toGrant(parameters: HotlinkParameters, sign: string): HotlinkGrant {
  const { t, exper, rlimit, whref, bkref, whreg, bkreg } = parameters;
  return {
    sign,
    parameters,
    expireTimeSec: Number.parseInt(t, 16),
    previewSec: Number(exper ?? 0),
    maxAddresses: rlimit === undefined ? undefined : Number(rlimit),
    allowedReferers: toList(whref),
    deniedReferers: toList(bkref),
    hasRegions: Boolean(whreg ?? bkreg),
  };
}

function toList(text: string | undefined): readonly string[] | undefined {
  const names = (text ?? '').split(',').flatMap((name) => name.trim() || []);
  return names.length === 0 ? undefined : names;
}

function toDirectory(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

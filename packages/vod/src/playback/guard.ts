import { type HotlinkGrant, verifyHotlink } from '@vodstack/protocol';
import type { FastifyRequest } from 'fastify';
import type { VodContext } from '../context.ts';
import { createAddressCounter } from './address-counter.ts';
import { isDashManifest } from './dash-manifest.ts';
import type { MediaFile, Protection } from './media-file.ts';
import { isRefererOf } from './referer.ts';

/** Whether a request may have a file; `grant` is what its signed URL allows, when the application wants such. */
export type Admission =
  | { readonly ok: true; readonly grant?: HotlinkGrant }
  | { readonly ok: false; readonly message: string };

/** The one place that decides about every request for a media file. */
export interface Guard {
  admit(request: FastifyRequest, file: MediaFile): Admission;
}

type Check = (request: FastifyRequest, file: MediaFile) => Admission;

const OPEN: Admission = { ok: true };

const REASONS = {
  expired: 'The signed URL has expired: get a new one.',
  mismatch: 'The signature does not match the URL: it is made of the key, the directory and the parameters.',
  malformed:
    'A signed URL is needed: ?t=…&exper=…&rlimit=…&us=…&sign=… with the parameters in this order, t in lower-case hexadecimal.',
} as const;

export function createGuard({ clock, logger }: Pick<VodContext, 'clock' | 'logger'>): Guard {
  const counter = createAddressCounter();
  const checkAddress = (request: FastifyRequest, { sign, maxAddresses }: HotlinkGrant): boolean =>
    maxAddresses === undefined || counter.admit({ sign, maxAddresses, address: request.ip });

  const checkSignature: Check = (request, file) => {
    const { protection, file_id: fileId } = file;
    if (!protection?.hotlink_enabled || isFreeOfSignature(file.content_type)) return OPEN;
    const [path = '', query = ''] = request.url.split('?', 2);
    const nowSec = Math.floor(clock().getTime() / 1000);
    const verification = verifyHotlink({ path, query }, { key: protection.hotlink_key, nowSec });
    if (!verification.ok) return refuse(REASONS[verification.reason]);
    const { grant } = verification;
    if (!isAllowedSite(request, grant)) return refuse('The signed URL is not for this site (Referer).');
    if (grant.previewSec > 0 && isDashManifest(file)) {
      return refuse('There are no previews of DASH streams: use HLS, or leave exper out.');
    }
    if (!checkAddress(request, grant)) return refuse('The signed URL is used from too many addresses.');
    if (grant.hasRegions) {
      logger.warn({ fileId }, 'the regions of a signed URL are not checked: addresses have no regions here');
    }
    return { ok: true, grant };
  };

  return {
    admit(request, file) {
      for (const check of [checkStatus, checkReferer]) {
        const admission = check(request, file);
        if (!admission.ok) return admission;
      }
      return checkSignature(request, file);
    },
  };
}

function refuse(message: string): Admission {
  return { ok: false, message };
}

const checkStatus: Check = (_request, { status }) =>
  status === 'Normal' ? OPEN : refuse('The distribution of this media is forbidden.');

const checkReferer: Check = (request, { protection }) =>
  !protection?.referer_enabled || isOwnPage(request) || isListed(request.headers.referer, protection)
    ? OPEN
    : refuse('This site may not show the media (Referer).');

function isListed(referer: string | undefined, protection: Protection): boolean {
  if (!referer) return protection.blank_referer_allowed;
  return isRefererOf(referer, protection.referers) === (protection.referer_type === 'White');
}

/** The sites that the signature itself names; the cloud's rule for an absent Referer: on no list. */
function isAllowedSite(
  { headers: { referer = '' } }: FastifyRequest,
  { allowedReferers, deniedReferers }: HotlinkGrant,
): boolean {
  if (allowedReferers) return isRefererOf(referer, allowedReferers);
  return !deniedReferers || !isRefererOf(referer, deniedReferers);
}

/** The console's player: pages of other sites can set neither header. */
function isOwnPage({ headers }: FastifyRequest): boolean {
  if (headers['sec-fetch-site'] === 'same-origin') return true;
  const { referer = '', host } = headers;
  return URL.canParse(referer) && new URL(referer).host === host;
}

/** Pictures and subtitles carry no signature in the cloud either; everything else does, known format or not. */
function isFreeOfSignature(contentType: string): boolean {
  return contentType.startsWith('image/') || contentType.startsWith('text/');
}

import { invalidParameter, invalidParameterValue } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import type { VodContext } from '../context.ts';
import { toWireTime } from '../media/wire-time.ts';
import { isOwnDomain, ownDomain, readDistribution } from '../playback/distribution.ts';
import type { DistributionRow } from '../tables.ts';
import { defineAction, type Action } from './action.ts';
import type { DescribeVodDomainsRequest } from './request-types.ts';

const MAX_DOMAINS = 20;
const DEFAULT_LIMIT = 20;

/** The domains of an application: here always this server's own, with its protection (266/54176). */
export const describeVodDomains: Action<DescribeVodDomainsRequest> = defineAction({
  name: 'DescribeVodDomains',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const wanted = request.Domains ?? [];
    if (wanted.length > MAX_DOMAINS) {
      throw invalidParameter(
        `The parameter \`Domains\` must name at most ${MAX_DOMAINS} domains, got ${wanted.length}.`,
      );
    }
    const offset = toCount('Offset', request.Offset, 0);
    const limit = toCount('Limit', request.Limit, DEFAULT_LIMIT);
    const isListed = wanted.length === 0 || wanted.some((domain) => isOwnDomain(context, domain));
    const domains = isListed ? [toDomainInfo(context, await readDistribution(context.db, subAppId))] : [];
    return { TotalCount: domains.length, DomainSet: domains.slice(offset, offset + limit) };
  },
});

function toCount(name: string, value: number | null | undefined, otherwise: number): number {
  const count = value ?? otherwise;
  if (count >= 0) return count;
  throw invalidParameterValue(name, `must not be negative, got ${count}.`);
}

function toDomainInfo(context: VodContext, row: DistributionRow): object {
  return {
    Domain: ownDomain(context).domain,
    AccelerateAreaInfos: [],
    DeployStatus: 'Online',
    HTTPSConfig: null,
    UrlSignatureAuthPolicy: { Status: toStatus(row.hotlink_enabled), EncryptedKey: row.hotlink_key },
    RefererAuthPolicy: {
      Status: toStatus(row.referer_enabled),
      AuthType: row.referer_type,
      Referers: row.referers,
      BlankRefererAllowed: row.blank_referer_allowed ? 'Yes' : 'No',
    },
    CreateTime: toWireTime(row.created_at),
    QUICConfig: { Status: 'Disabled' },
    IPFilterPolicy: { Status: 'Disabled', FilterType: '', IPList: [] },
    Type: 'VOD',
  };
}

function toStatus(isOn: boolean): 'Enabled' | 'Disabled' {
  return isOn ? 'Enabled' : 'Disabled';
}

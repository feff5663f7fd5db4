import { resolveSubAppId } from '../applications.ts';
import { ownDomain, readDistribution } from '../playback/distribution.ts';
import { defineAction, type Action } from './action.ts';
import type { DescribeDefaultDistributionConfigRequest } from './request-types.ts';

/** Under which address an application's media are reached, and the key of its players' signatures (266/54410). */
export const describeDefaultDistributionConfig: Action<DescribeDefaultDistributionConfigRequest> =
  defineAction({
    name: 'DescribeDefaultDistributionConfig',
    async handle(context, request) {
      const subAppId = await resolveSubAppId(context, request.SubAppId);
      const { play_key } = await readDistribution(context.db, subAppId);
      const { domain, scheme } = ownDomain(context);
      return { DomainName: domain, Domain: domain, Scheme: scheme, PlayKey: play_key };
    },
  });

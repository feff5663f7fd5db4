import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import type { VodContext } from '../context.ts';
import { changeDistribution, isOwnDomain, ownDomain } from '../playback/distribution.ts';
import { defineAction, type Action } from './action.ts';
import type { ModifyDefaultDistributionConfigRequest } from './request-types.ts';

/**
 * Sets the key of an application's player signatures. The address of media is this server's own, so that Domain and Scheme may
 * only say what is the case already (266/88121).
 */
export const modifyDefaultDistributionConfig: Action<ModifyDefaultDistributionConfigRequest> = defineAction({
  name: 'ModifyDefaultDistributionConfig',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    assertDomain(context, request.Domain);
    assertScheme(context, request.Scheme);
    assertPlayKey(request.PlayKey);
    await changeDistribution(context.db, subAppId, request.PlayKey ? { play_key: request.PlayKey } : {});
    return {};
  },
});

function assertDomain(context: VodContext, domain: string | null | undefined): void {
  if (!domain || isOwnDomain(context, domain)) return;
  throw new ApiError(
    'InvalidParameterValue.UnsupportDomain',
    `The parameter \`Domain\` must be ${ownDomain(context).domain}, got ${JSON.stringify(domain.slice(0, 100))}. Media URLs begin with the public address of this server: change that one (VODSTACK_PUBLIC_URL).`,
  );
}

function assertScheme(context: VodContext, scheme: string | null | undefined): void {
  if (!scheme) return;
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') {
    throw invalidParameterValue(
      'Scheme',
      `must be HTTP or HTTPS, got ${JSON.stringify(scheme.slice(0, 100))}.`,
    );
  }
  const own = ownDomain(context).scheme;
  if (scheme === own) return;
  throw new ApiError(
    'InvalidParameterValue.SchemeConflict',
    `The parameter \`Scheme\` must be ${own}, got ${scheme}. Media URLs begin with the public address of this server: change that one (VODSTACK_PUBLIC_URL).`,
  );
}

function assertPlayKey(key: string | null | undefined): void {
  if (!key || /^[A-Za-z0-9]{8,20}$/.test(key)) return;
  throw invalidParameterValue(
    'PlayKey',
    'must have 8 to 20 letters and digits (its value is not shown here).',
  );
}

import { ApiError, invalidParameter } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import type { VodContext } from '../context.ts';
import {
  changeDistribution,
  type DistributionChanges,
  isOwnDomain,
  ownDomain,
  readDistribution,
} from '../playback/distribution.ts';
import { isRefererPattern } from '../playback/referer.ts';
import type { DistributionRow } from '../tables.ts';
import { defineAction, type Action } from './action.ts';
import type { ModifyVodDomainConfigRequest } from './request-types.ts';

const MAX_REFERERS = 400;
/** 8 to 40 characters that can be seen. */
const HOTLINK_KEY = /^[\x21-\x7e]{8,40}$/;

/** Sets the protection of an application's media; what is not given stays as it is (266/88119). */
export const modifyVodDomainConfig: Action<ModifyVodDomainConfigRequest> = defineAction({
  name: 'ModifyVodDomainConfig',
  unsupported: ['QUICConfig', 'IPFilterPolicy'],
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    assertDomain(context, request.Domain);
    assertOff('QUICConfig', request.QUICConfig);
    assertOff('IPFilterPolicy', request.IPFilterPolicy);
    const current = await readDistribution(context.db, subAppId);
    await changeDistribution(context.db, subAppId, {
      ...toHotlinkChanges(request.UrlSignatureAuthPolicy, current),
      ...toRefererChanges(request.RefererAuthPolicy, current),
    });
    return {};
  },
});

function assertDomain(context: VodContext, domain: string): void {
  if (isOwnDomain(context, domain)) return;
  throw invalidParameter(
    `The parameter \`Domain\` must be ${ownDomain(context).domain}, the one domain of this server, got ${quote(domain)}.`,
  );
}

function assertOff(name: string, policy: { Status?: string | null } | null | undefined): void {
  if (!policy || !parseStatus(`${name}.Status`, policy.Status)) return;
  throw new ApiError('UnsupportedOperation', `\`${name}\` is not supported by this server: leave it out.`);
}

function toHotlinkChanges(
  policy: ModifyVodDomainConfigRequest['UrlSignatureAuthPolicy'] | null,
  current: DistributionRow,
): DistributionChanges {
  if (!policy) return {};
  const isOn = parseStatus('UrlSignatureAuthPolicy.Status', policy.Status);
  const key = policy.EncryptedKey || current.hotlink_key;
  if ((isOn || policy.EncryptedKey) && !HOTLINK_KEY.test(key)) {
    throw invalidParameter(
      'The parameter `UrlSignatureAuthPolicy.EncryptedKey` must have 8 to 40 visible characters (its value is not shown here).',
    );
  }
  return { hotlink_enabled: isOn, hotlink_key: key };
}

function toRefererChanges(
  policy: ModifyVodDomainConfigRequest['RefererAuthPolicy'] | null,
  current: DistributionRow,
): DistributionChanges {
  if (!policy) return {};
  const isOn = parseStatus('RefererAuthPolicy.Status', policy.Status);
  const type = parseOneOf('AuthType', policy.AuthType, ['Black', 'White']);
  const blank = parseOneOf('BlankRefererAllowed', policy.BlankRefererAllowed, ['Yes', 'No']);
  const referers = parseReferers(policy.Referers);
  if (isOn) assertComplete({ AuthType: type, BlankRefererAllowed: blank, Referers: referers });
  return {
    referer_enabled: isOn,
    referer_type: type ?? current.referer_type,
    blank_referer_allowed: blank === undefined ? current.blank_referer_allowed : blank === 'Yes',
    referers: referers ?? current.referers,
  };
}

function parseStatus(name: string, value: string | null | undefined): boolean {
  if (value === 'Enabled' || value === 'Disabled') return value === 'Enabled';
  throw invalidParameter(`The parameter \`${name}\` must be Enabled or Disabled, got ${quote(value ?? '')}.`);
}

function parseOneOf<Value extends string>(
  name: string,
  value: string | null | undefined,
  allowed: readonly Value[],
): Value | undefined {
  if (!value) return undefined;
  const found = allowed.find((one) => one === value);
  if (found) return found;
  throw invalidParameter(
    `The parameter \`RefererAuthPolicy.${name}\` must be ${allowed.join(' or ')}, got ${quote(value)}.`,
  );
}

function parseReferers(referers: readonly string[] | null | undefined): string[] | undefined {
  if (!referers || referers.length === 0) return undefined;
  if (referers.length > MAX_REFERERS) {
    throw invalidParameter(
      `The parameter \`RefererAuthPolicy.Referers\` must have at most ${MAX_REFERERS} entries, got ${referers.length}.`,
    );
  }
  const wrong = referers.find((referer) => !isRefererPattern(referer));
  if (wrong === undefined) return [...referers];
  throw invalidParameter(
    `The parameter \`RefererAuthPolicy.Referers\` must have domains such as example.com or *.example.com, without a scheme, got ${quote(wrong)}.`,
  );
}

function assertComplete(members: Readonly<Record<string, unknown>>): void {
  const missing = Object.keys(members).find((name) => members[name] === undefined);
  if (missing === undefined) return;
  throw invalidParameter(
    `The parameter \`RefererAuthPolicy.${missing}\` must be given when \`RefererAuthPolicy.Status\` is Enabled.`,
  );
}

function quote(value: string): string {
  return JSON.stringify(value.slice(0, 100));
}

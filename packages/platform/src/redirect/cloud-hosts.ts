/**
 * Whose host names the local stack answers for: the API, object storage, the upload of browsers with its telemetry, playback,
 * media, and the gateway's services and function URLs. Each stands for itself and for every name below it.
 */
export const CLOUD_DOMAINS: readonly string[] = [
  'tencentcloudapi.com',
  'myqcloud.com',
  'tencentcos.cn',
  'vod2.qcloud.com',
  'vod2.dnsv1.com',
  'vodreport.qcloud.com',
  'playvideo.qcloud.com',
  'apigw.tencentcs.com',
  'tencentapigw.com',
  'tencentscf.com',
  'scf.tencentcs.com',
];

/** Whether the host name is one of the cloud's, in any spelling that DNS takes. */
export function isCloudHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return CLOUD_DOMAINS.some((domain) => name === domain || name.endsWith(`.${domain}`));
}

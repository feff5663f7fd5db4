import type { IncomingMessage } from 'node:http';

const STORAGE_HOST = /^([a-z0-9-]+-\d+)\.cos\.([a-z0-9-]+)\.(?:myqcloud\.com|tencentcos\.cn)$/;

/** The cloud's object storage host names as paths: `{bucket}.cos.{region}.myqcloud.com` is `/cos/{bucket}/{region}`. */
export function rewriteHost(request: Pick<IncomingMessage, 'url' | 'headers'>): string {
  const url = request.url ?? '/';
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const storage = STORAGE_HOST.exec(host);
  return storage ? `/cos/${storage[1]}/${storage[2]}${url}` : url;
}

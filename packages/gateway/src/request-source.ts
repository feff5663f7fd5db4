import type { FastifyRequest } from 'fastify';

/** The caller's address, IPv4 in its own form also where the socket is one of IPv6. */
export function toSourceIp({ ip }: Pick<FastifyRequest, 'ip'>): string {
  return ip.replace(/^::ffff:/u, '');
}

import { statfs } from 'node:fs/promises';
import type { Database } from '@vodstack/platform';
import type { VodService } from '@vodstack/vod';
import type { FastifyInstance } from 'fastify';

/** What this server is made of and how much room it has. */
export interface SystemFacts {
  readonly node: string;
  readonly startedAt: string;
  readonly databaseBytes: number;
  readonly sandbox: { readonly kind: string; readonly description: string };
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number };
}

export interface SystemOptions {
  readonly vod: Pick<VodService, 'listWorkers'>;
  readonly system: () => Promise<SystemFacts>;
}

/** `/console/api/system` and `/workers`. */
export function registerSystem(scope: FastifyInstance, { vod, system }: SystemOptions): void {
  scope.get('/workers', () => vod.listWorkers());
  scope.get('/system', () => system());
}

export interface SystemPlaces {
  readonly database: Database;
  readonly dataFolder: string;
  readonly isolation: () => { readonly kind: string; readonly description: string } | undefined;
}

export async function readSystemFacts({
  database,
  dataFolder,
  isolation,
}: SystemPlaces): Promise<SystemFacts> {
  const [disk, { rows }] = await Promise.all([
    statfs(dataFolder),
    database.pool.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes'),
  ]);
  return {
    node: process.version,
    startedAt: new Date(Date.now() - process.uptime() * 1000).toISOString(),
    databaseBytes: Number(rows[0]?.bytes ?? 0),
    sandbox: isolation() ?? { kind: 'none', description: '' },
    disk: { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
  };
}

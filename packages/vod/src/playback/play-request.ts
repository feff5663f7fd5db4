import { type PlayerContent, verifyPlayerSignature } from '@vodstack/protocol';
import { z } from 'zod';
import type { VodContext } from '../context.ts';
import type { DistributionRow } from '../tables.ts';
import { findDistribution } from './distribution.ts';
import type { ResolutionName } from './sub-streams.ts';

/** Answers that are no media: the code says which, as `code` of the answer. */
export const PLAY_ERRORS = { parameter: 1001, signature: 1003, media: 10_008, output: 10_009 } as const;

export class PlayError extends Error {
  override readonly name = 'PlayError';
  readonly code: number;

  constructor(kind: keyof typeof PLAY_ERRORS, message: string) {
    super(message);
    this.code = PLAY_ERRORS[kind];
  }
}

/** What a player may play, as its application's backend has signed it; members not named here are left aside. */
export interface PlayPayload {
  readonly appId: number;
  readonly fileId: string;
  readonly contentInfo?: PlayContent | undefined;
  readonly pcfg?: string | undefined;
  readonly currentTimeStamp: number;
  readonly expireTimeStamp?: number | undefined;
  readonly urlAccessInfo?:
    | {
        readonly t?: string | undefined;
        readonly exper?: number | undefined;
        readonly rlimit?: number | undefined;
        readonly us?: string | undefined;
      }
    | undefined;
  readonly drmLicenseInfo?: { readonly expireTimeStamp?: number | undefined } | undefined;
}

export interface PlayContent {
  readonly audioVideoType: PlayerContent['audioVideoType'];
  readonly rawAdaptiveDefinition?: number | undefined;
  readonly drmAdaptiveInfo?: { readonly privateEncryptionDefinition?: number | undefined } | undefined;
  readonly transcodeDefinition?: number | undefined;
  readonly imageSpriteDefinition?: number | undefined;
  readonly resolutionNames?: readonly ResolutionName[] | undefined;
}

const definition = z.number().int().positive().optional();
const timeSec = z.number().int().nonnegative();

const playPayload: z.ZodType<PlayPayload> = z.object({
  appId: z.number().int(),
  fileId: z.string(),
  contentInfo: z
    .object({
      audioVideoType: z.enum(['RawAdaptive', 'ProtectedAdaptive', 'Transcode', 'Original']),
      rawAdaptiveDefinition: definition,
      drmAdaptiveInfo: z.object({ privateEncryptionDefinition: definition }).optional(),
      transcodeDefinition: definition,
      imageSpriteDefinition: definition,
      resolutionNames: z
        .array(z.object({ MinEdgeLength: z.number().int(), Name: z.string().max(100) }))
        .max(100)
        .optional(),
    })
    .optional(),
  pcfg: z.string().optional(),
  currentTimeStamp: timeSec,
  expireTimeStamp: timeSec.optional(),
  urlAccessInfo: z
    .object({
      t: z
        .string()
        .regex(/^[0-9a-f]{1,10}$/)
        .optional(),
      // Previews of less than half a minute are not offered; 0 is the whole media.
      exper: z.union([z.literal(0), z.number().int().min(30)]).optional(),
      rlimit: z.number().int().min(1).max(9).optional(),
      us: z
        .string()
        .regex(/^[\w-]{1,64}$/)
        .optional(),
    })
    .optional(),
  drmLicenseInfo: z.object({ expireTimeStamp: timeSec.optional() }).optional(),
});

export interface PlayRequest {
  readonly appId: number;
  readonly fileId: string;
  readonly payload: PlayPayload;
  readonly distribution: DistributionRow;
}

/** @throws PlayError when the signature is not one of this application for this media */
export async function readPlayRequest(
  context: VodContext,
  { appId, fileId, psign }: { appId: string; fileId: string; psign: unknown },
): Promise<PlayRequest> {
  if (typeof psign !== 'string' || psign === '') {
    throw new PlayError('signature', 'The parameter psign is missing: a token signed with the PlayKey.');
  }
  const id = /^\d{1,15}$/.test(appId) ? Number(appId) : 0;
  const distribution = await findDistribution(context.db, id);
  if (!distribution) throw new PlayError('signature', `The application ${id} has no PlayKey yet.`);
  const nowSec = Math.floor(context.clock().getTime() / 1000);
  const verification = verifyPlayerSignature(psign, { playKey: distribution.play_key, nowSec });
  if (!verification.ok) throw new PlayError('signature', EXPLANATIONS[verification.reason]);
  const parsed = playPayload.safeParse(verification.payload);
  if (!parsed.success) {
    throw new PlayError('parameter', `psign cannot be used: ${z.prettifyError(parsed.error)}`);
  }
  const payload = parsed.data;
  if (payload.appId !== id) throw new PlayError('signature', 'psign is for another appId.');
  if (payload.fileId !== fileId) throw new PlayError('signature', 'psign is for another fileId.');
  return { appId: id, fileId, payload, distribution };
}

const EXPLANATIONS = {
  expired: 'psign has expired (expireTimeStamp).',
  mismatch: 'psign is not signed with the PlayKey of this application.',
  malformed: 'psign must be a JWT whose header says HS256 and whose payload is an object.',
} as const;

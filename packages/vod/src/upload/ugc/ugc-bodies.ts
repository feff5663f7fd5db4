import { z } from 'zod';
import { UgcError } from './ugc-error.ts';

export interface ApplyBody {
  readonly signature: string;
  /** File name without its extension. */
  readonly videoName?: string | undefined;
  readonly videoType?: string | undefined;
  readonly coverType?: string | undefined;
  readonly storageRegion?: string | undefined;
  readonly ExpireTime?: string | undefined;
  /** Resumes an upload. */
  readonly vodSessionKey?: string | undefined;
  /** Replaces the cover of a media. */
  readonly fileId?: string | undefined;
}

export interface CommitBody {
  readonly signature: string;
  readonly vodSessionKey: string;
}

/** PostgreSQL takes every character but U+0000. */
const storable: z.ZodType<string> = z
  .string()
  .refine((value) => !value.includes('\0'), 'may not contain U+0000');
/** Empty is absent, as in the API. */
const member: z.ZodType<string | undefined> = storable.nullish().transform((value) => value || undefined);

/** @throws UgcError */
export function parseApplyBody(body: string): ApplyBody {
  return parse(
    z.object({
      signature: z.string(),
      videoName: member,
      videoType: member,
      coverType: member,
      storageRegion: member,
      ExpireTime: member,
      vodSessionKey: member,
      fileId: member,
    }),
    body,
  );
}

/** @throws UgcError */
export function parseCommitBody(body: string): CommitBody {
  return parse(z.object({ signature: z.string(), vodSessionKey: storable }), body);
}

/** @throws UgcError */
export function parsePrepareBody(body: string): { signature: string } {
  return parse(z.object({ signature: z.string() }), body);
}

/** As JSON, whatever the content type says: pages avoid a preflight with text/plain. */
function parse<T>(schema: z.ZodType<T>, body: string): T {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UgcError(
    'invalidParameter',
    `The body must be a JSON object: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'cannot be read'}.`,
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

import { text } from 'node:stream/consumers';
import { type ApiError, invalidParameterValue } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { MEDIA_FOLDER_PATTERN } from '../media/locations.ts';
import type { ArtifactRow, MediaRow } from '../tables.ts';

/** A stored playlist of segments. */
export interface StoredPlaylist {
  readonly file: ArtifactRow;
  readonly media: MediaRow;
  readonly text: string;
}

const PLACE = new RegExp(`^/(${MEDIA_FOLDER_PATTERN}/[0-9a-f]{8}[0-9]{17,20})/(.+\\.m3u8)$`);
/** A day in segments of a second is less. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The playlist that a media URL leads to, whatever host it names. @throws ApiError InvalidParameterValue.Url */
export async function findPlaylist(
  { db, blobs }: VodContext,
  subAppId: number,
  url: string,
): Promise<StoredPlaylist> {
  const [, folder, name] = PLACE.exec(pathOf(url)) ?? [];
  const file =
    folder && name
      ? await db
          .selectFrom('vod.artifact')
          .selectAll()
          .where('folder', '=', folder)
          .where('name', '=', name)
          .executeTakeFirst()
      : undefined;
  const media =
    file &&
    (await db
      .selectFrom('vod.media')
      .selectAll()
      .where('file_id', '=', file.file_id)
      .where('sub_app_id', '=', subAppId)
      .executeTakeFirst());
  if (!file || !media) throw noPlaylist('leads to no HLS playlist of this application');
  if (file.size_bytes > MAX_BYTES) throw noPlaylist('leads to a playlist that is too long to be cut');
  return { file, media, text: await text(blobs.read(file.blob_key)) };
}

/** Empty for what is no URL. */
function pathOf(url: string): string {
  if (!URL.canParse(url)) return '';
  try {
    return decodeURIComponent(new URL(url).pathname).replaceAll('\0', '');
  } catch {
    return '';
  }
}

export function noPlaylist(detail: string): ApiError {
  return invalidParameterValue('Url', `${detail}: it must be the address of a media playlist (.m3u8).`);
}

import { copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { md5Of } from './clip.ts';
import type { Stack } from './stack.ts';

export interface NewArtifact {
  readonly kind: string;
  readonly definition: number;
  readonly name: string;
  readonly contentType: string;
}

/** A file made from a media, as if a task had made it; returns its URL. */
export async function addArtifact(
  stack: Stack,
  fileId: string,
  path: string,
  artifact: NewArtifact,
): Promise<string> {
  const { pool } = await stack.openDatabase();
  const { rows } = await pool.query<{ derived_folder: string }>(
    'select derived_folder from vod.media where file_id = $1',
    [fileId],
  );
  const folder = rows[0]?.derived_folder ?? '';
  const key = `media/${fileId}/test/${artifact.name.toLowerCase()}`;
  const target = join(stack.dataFolder, 'blobs', key);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(path, target);
  const { size } = await stat(path);
  await pool.query(
    `insert into vod.artifact (file_id, kind, definition, folder, name, blob_key, content_type, size_bytes, md5)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      fileId,
      artifact.kind,
      artifact.definition,
      folder,
      artifact.name,
      key,
      artifact.contentType,
      size,
      md5Of(await readFile(path)),
    ],
  );
  return `${stack.url}/${folder}/${artifact.name}`;
}

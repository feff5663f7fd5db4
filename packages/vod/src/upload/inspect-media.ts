import type { MediaMetaData } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { MediaError, probeMedia, toMetaData } from '../transcode/index.ts';

const PROBE_TIMEOUT_MS = 20_000;

export interface Inspection {
  readonly metaData: MediaMetaData | null;
  /** Why the file cannot be read as a media file, for people. */
  readonly failure: string | null;
}

/** Reads a stored file's streams. A file that is no media is not an error here: it is stored all the same, as in the cloud. */
export async function inspectMedia(context: VodContext, blobKey: string, md5: string): Promise<Inspection> {
  try {
    const info = await probeMedia(context.blobs.localPath(blobKey), {
      tools: context.tools,
      timeoutMs: PROBE_TIMEOUT_MS,
    });
    return { metaData: { ...toMetaData(info), Md5: md5 }, failure: null };
  } catch (error) {
    if (error instanceof MediaError) return { metaData: null, failure: error.message };
    // Put anew since: the commit notices and looks at the new one.
    if (!(await context.blobs.stat(blobKey))) return { metaData: null, failure: 'the file was replaced' };
    throw error;
  }
}

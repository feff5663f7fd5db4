import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import { resolveActiveSubAppId } from '../applications.ts';
import { attachClip } from '../clips/attach-clip.ts';
import { readClipMetaData } from '../clips/clip-meta-data.ts';
import { findPlaylist, noPlaylist } from '../clips/find-playlist.ts';
import { persistClip } from '../clips/persist-clip.ts';
import { cutPlaylist, type PlaylistCut, playlistLengthSec } from '../manifest/cut-playlist.ts';
import { parsePlaylist } from '../manifest/hls-playlist.ts';
import { ManifestError } from '../manifest/manifest-error.ts';
import { toMediaUrl } from '../media/locations.ts';
import { limited, parseClassId, parseExpireTime, parseProcedure } from '../media/media-parameters.ts';
import type { UploadParameters } from '../tables.ts';
import { type Action, type ActionContext, defineAction } from './action.ts';
import type { SimpleHlsClipRequest } from './request-types.ts';

const MAX_SOURCE_CONTEXT = 250;
const MAX_SESSION_CONTEXT = 1000;

/** Cuts an HLS playlist of this server in whole segments, without encoding, at once (266/45503). */
export const simpleHlsClip: Action<SimpleHlsClipRequest> = defineAction({
  name: 'SimpleHlsClip',
  unsupported: ['ExtInfo'],
  async handle(context, request) {
    const subAppId = await resolveActiveSubAppId(context, request.SubAppId);
    const isPersistent = parseSwitch(request.IsPersistence);
    if (request.OutputMediaType && request.OutputMediaType !== 'hls') {
      throw invalidParameterValue('OutputMediaType', 'must be hls.');
    }
    const parameters = isPersistent ? await parseParameters(context, subAppId, request) : {};
    const playlist = await findPlaylist(context, subAppId, request.Url);
    const cut = cutBetween(playlist.text, request);
    const metaData = await readClipMetaData(context, playlist, cut);
    if (!isPersistent) {
      const name = await attachClip(context, playlist, cut);
      const Url = toMediaUrl(context.publicUrl(), { folder: playlist.file.folder, name });
      return { Url, MetaData: metaData, FileId: '', TaskId: '' };
    }
    if (cut.isEncrypted) {
      // Its key belongs to the media that it is cut from, and goes with it.
      throw new ApiError(
        'UnsupportedOperation',
        'An encrypted playlist cannot be kept as a media of its own.',
      );
    }
    return { ...(await persistClip(context, playlist, { cut, parameters, metaData })), MetaData: metaData };
  },
});

function parseSwitch(value: number | null | undefined): boolean {
  if (!value) return false;
  if (value === 1) return true;
  throw invalidParameterValue('IsPersistence', `must be 0 or 1, got ${value}.`);
}

async function parseParameters(
  context: ActionContext,
  subAppId: number,
  request: SimpleHlsClipRequest,
): Promise<UploadParameters> {
  const { ClassId, SourceContext, SessionContext, ExpireTime } = request;
  const procedure = await parseProcedure(context, subAppId, request.Procedure);
  // The cloud's 9999-12-31T23:59:59Z means never.
  const isForEver = !ExpireTime || ExpireTime.startsWith('9999-12-31');
  const expireTime = isForEver ? undefined : parseExpireTime(ExpireTime, context.clock());
  return {
    ...(ClassId ? { classId: await parseClassId(context, subAppId, ClassId) } : {}),
    ...(SourceContext ? { sourceContext: limited('SourceContext', SourceContext, MAX_SOURCE_CONTEXT) } : {}),
    ...(SessionContext
      ? { sessionContext: limited('SessionContext', SessionContext, MAX_SESSION_CONTEXT) }
      : {}),
    ...(expireTime ? { expireTime } : {}),
    ...(procedure ? { procedure } : {}),
  };
}

function cutBetween(text: string, request: SimpleHlsClipRequest): PlaylistCut {
  try {
    if (parsePlaylist(text).isMaster) {
      throw new ApiError(
        'ResourceUnavailable.MasterPlaylist',
        'The parameter `Url` leads to a master playlist: give the address of one that it names.',
      );
    }
    const lengthSec = playlistLengthSec(text);
    const from = (offset: number): number => (offset < 0 ? lengthSec + offset : offset);
    const startSec = Math.max(0, from(request.StartTimeOffset ?? 0));
    const endSec = request.EndTimeOffset ? Math.min(lengthSec, from(request.EndTimeOffset)) : lengthSec;
    const told = `the playlist has ${lengthSec.toFixed(1)} s`;
    if (startSec >= lengthSec) throw invalidParameterValue('StartTimeOffset', `is behind the end: ${told}.`);
    const cut = startSec < endSec ? cutPlaylist(text, startSec, endSec) : undefined;
    if (!cut) throw invalidParameterValue('EndTimeOffset', `must be later than the beginning: ${told}.`);
    return cut;
  } catch (error) {
    if (error instanceof ManifestError) throw noPlaylist(`leads to what cannot be cut (${error.message})`);
    throw error;
  }
}

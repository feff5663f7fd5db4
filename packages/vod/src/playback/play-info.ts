import { text } from 'node:stream/consumers';
import { type HotlinkParameters, toHotlinkTime } from '@vodstack/protocol';
import { sql } from 'kysely';
import type { VodContext } from '../context.ts';
import { findMedia, findSource, type MediaWithArtifacts } from '../media/media-repository.ts';
import type { ArtifactRow } from '../tables.ts';
import { createDrmToken } from './drm-token.ts';
import { isPlaylist } from './hls-playlist.ts';
import { PlayError, type PlayContent, type PlayRequest } from './play-request.ts';
import { createUrlMaker, type UrlMaker } from './signed-url.ts';
import { readSubStreams, type SubStream } from './sub-streams.ts';

/** How long URLs and tokens are good for when the signature says nothing of it. */
const DEFAULT_LIFE_SEC = 24 * 3600;

const ADAPTIVE: string = 'AdaptiveDynamicStreaming';
/** How the answer names what is adaptive, and how people do. */
const ADAPTIVE_TYPE = 'AdaptiveDynamicStream';
const ADAPTIVE_NAME = 'an adaptive stream of this definition';
const SPRITE: string = 'ImageSprites';
/** The cloud's preset for SimpleAES. */
const ENCRYPTED_DEFINITION = 12;

interface Scene {
  readonly context: VodContext;
  readonly request: PlayRequest;
  readonly content: PlayContent;
  readonly found: MediaWithArtifacts;
  readonly toUrl: UrlMaker;
}

/**
 * `media` of getplayinfo: what there is to play, where, and what stands beside it.
 * @throws PlayError when there is nothing to play
 */
export async function describePlay(context: VodContext, request: PlayRequest): Promise<object> {
  const found = (await findMedia(context.db, request.appId, [request.fileId])).get(request.fileId);
  if (!found) throw new PlayError('media', `There is no media ${request.fileId}.`);
  if (found.media.status !== 'Normal') {
    throw new PlayError('media', `The distribution of the media ${request.fileId} is forbidden.`);
  }
  const content = request.payload.contentInfo ?? chooseContent(request.payload.pcfg, found);
  const toUrl = createUrlMaker(context.publicUrl(), request.distribution, toParameters(context, request));
  const scene: Scene = { context, request, content, found, toUrl };
  return {
    ...(await describeContent(scene)),
    basicInfo: toBasicInfo(scene),
    imageSpriteInfo: await toImageSpriteInfo(scene),
    keyFrameDescInfo: null,
  };
}

/** The older form names a player configuration; those of the cloud play what is adaptive, encrypted if they say so. */
function chooseContent(configuration: string | undefined, found: MediaWithArtifacts): PlayContent {
  const isAdaptive = found.artifacts.some(({ kind }) => kind === ADAPTIVE);
  if (!isAdaptive) return { audioVideoType: 'Original' };
  return { audioVideoType: /drm/i.test(configuration ?? '') ? 'ProtectedAdaptive' : 'RawAdaptive' };
}

function toParameters({ clock }: VodContext, { payload }: PlayRequest): HotlinkParameters {
  const { t, exper, rlimit, us } = payload.urlAccessInfo ?? {};
  const expireTimeSec = payload.expireTimeStamp ?? clock().getTime() / 1000 + DEFAULT_LIFE_SEC;
  return {
    t: t ?? toHotlinkTime(expireTimeSec),
    ...(exper ? { exper: String(exper) } : {}),
    ...(rlimit === undefined ? {} : { rlimit: String(rlimit) }),
    ...(us === undefined ? {} : { us }),
  };
}

async function describeContent(scene: Scene): Promise<object> {
  const { content, toUrl } = scene;
  const nothing = { originalInfo: null, transcodeInfo: null, streamingInfo: null };
  switch (content.audioVideoType) {
    case 'Original': {
      const url = toUrl(need(findSource(scene.found), 'the original'));
      return { ...nothing, audioVideoType: 'Original', originalInfo: { url } };
    }
    case 'Transcode': {
      const { transcodeDefinition } = content;
      const [file] = await findFiles(scene, 'Transcode', transcodeDefinition ?? 0);
      const url = toUrl(need(file, `a transcode of definition ${transcodeDefinition ?? '(not given)'}`));
      return { ...nothing, audioVideoType: 'Transcode', transcodeInfo: { url } };
    }
    default: {
      const isPlain = content.audioVideoType === 'RawAdaptive';
      const streamingInfo = isPlain ? await toPlainStreaming(scene) : await toProtectedStreaming(scene);
      return { ...nothing, audioVideoType: ADAPTIVE_TYPE, streamingInfo };
    }
  }
}

/** All files of a result, its main one first. */
async function findFiles(
  { context, request }: Scene,
  kind: string,
  definition: number,
): Promise<ArtifactRow[]> {
  return await context.db
    .selectFrom('vod.artifact')
    .selectAll()
    .where('file_id', '=', request.fileId)
    .where(sql<boolean>`kind = ${kind}`)
    .where('definition', '=', definition)
    .orderBy('artifact_id')
    .execute();
}

async function toPlainStreaming(scene: Scene): Promise<object> {
  const { rawAdaptiveDefinition: wanted } = scene.content;
  const any = scene.found.artifacts.find(
    ({ kind, definition }) => kind === ADAPTIVE && definition !== ENCRYPTED_DEFINITION,
  );
  const [main] = await findFiles(scene, ADAPTIVE, wanted ?? any?.definition ?? 0);
  return { plainOutput: await toOutput(scene, need(main, ADAPTIVE_NAME)), drmOutput: [], drmToken: '' };
}

async function toProtectedStreaming(scene: Scene): Promise<object> {
  const { context, request, content } = scene;
  const wanted = content.drmAdaptiveInfo?.privateEncryptionDefinition ?? ENCRYPTED_DEFINITION;
  const [main] = await findFiles(scene, ADAPTIVE, wanted);
  const output = await toOutput(scene, need(main, ADAPTIVE_NAME));
  const { expireTimeStamp, drmLicenseInfo } = request.payload;
  const expireTimeSec =
    drmLicenseInfo?.expireTimeStamp ??
    expireTimeStamp ??
    Math.floor(context.clock().getTime() / 1000) + DEFAULT_LIFE_SEC;
  return {
    plainOutput: null,
    drmOutput: [{ ...output, type: 'SimpleAES' }],
    drmToken: createDrmToken(request.distribution.drm_secret, request.fileId, expireTimeSec),
  };
}

async function toOutput(
  { context, content, toUrl }: Scene,
  main: ArtifactRow,
): Promise<{ type: string; url: string; subStreams: readonly SubStream[] }> {
  const isHls = isPlaylist(main);
  const playlist = isHls ? await text(context.blobs.read(main.blob_key)) : '';
  return {
    type: isHls ? 'HLS' : 'DASH',
    url: toUrl(main),
    subStreams: readSubStreams(playlist, content.resolutionNames),
  };
}

function toBasicInfo({ found, toUrl }: Scene): object {
  const { media, artifacts } = found;
  const cover = artifacts.find(({ kind }) => kind === 'Cover');
  return {
    name: media.name,
    size: findSource(found)?.size_bytes ?? 0,
    duration: media.meta_data?.Duration ?? 0,
    description: media.description,
    coverUrl: cover ? toUrl(cover) : '',
  };
}

async function toImageSpriteInfo(scene: Scene): Promise<object | null> {
  const { imageSpriteDefinition } = scene.content;
  if (imageSpriteDefinition === undefined) return null;
  const files = await findFiles(scene, SPRITE, imageSpriteDefinition);
  const webVtt = files.find(({ name }) => name.endsWith('.vtt'));
  if (!webVtt) return null;
  const images = files.filter((file) => file !== webVtt);
  return { imageUrls: images.map(scene.toUrl), webVttUrl: scene.toUrl(webVtt) };
}

function need<Value>(value: Value | undefined, what: string): Value {
  if (value !== undefined) return value;
  throw new PlayError('output', `The media has not got ${what}: run the task that makes it first.`);
}

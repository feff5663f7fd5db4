import { text } from 'node:stream/consumers';
import { type HotlinkParameters, toHotlinkTime } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { findMedia, findSource, type MediaWithArtifacts } from '../media/media-repository.ts';
import type { ArtifactRow } from '../tables.ts';
import { createDrmToken } from './drm-token.ts';
import { isPlaylist } from './hls-playlist.ts';
import { PlayError, type PlayContent, type PlayRequest } from './play-request.ts';
import { createUrlMaker, type UrlMaker } from './signed-url.ts';
import { readSubStreams } from './sub-streams.ts';

/** How long URLs and tokens are good for when the signature says nothing of it. */
const DEFAULT_LIFE_SEC = 24 * 3600;

const ADAPTIVE: string = 'AdaptiveDynamicStreaming';
const SPRITE: string = 'ImageSprite';
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
    imageSpriteInfo: toImageSpriteInfo(scene),
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
  if (content.audioVideoType === 'Original') {
    return {
      ...nothing,
      audioVideoType: 'Original',
      originalInfo: { url: toUrl(need(findSource(scene.found), 'the original')) },
    };
  }
  if (content.audioVideoType === 'Transcode') {
    const { transcodeDefinition } = content;
    const file = scene.found.artifacts.find(
      ({ kind, definition }) => kind === 'Transcode' && definition === transcodeDefinition,
    );
    const url = toUrl(need(file, `a transcode of definition ${transcodeDefinition ?? '(not given)'}`));
    return { ...nothing, audioVideoType: 'Transcode', transcodeInfo: { url } };
  }
  return {
    ...nothing,
    audioVideoType: 'AdaptiveDynamicStream',
    streamingInfo:
      content.audioVideoType === 'RawAdaptive'
        ? await toPlainStreaming(scene)
        : await toProtectedStreaming(scene),
  };
}

async function toPlainStreaming(scene: Scene): Promise<object> {
  const { rawAdaptiveDefinition } = scene.content;
  const master = findMaster(
    scene,
    (definition) =>
      definition === (rawAdaptiveDefinition ?? definition) && definition !== ENCRYPTED_DEFINITION,
  );
  return { plainOutput: await toOutput(scene, master, 'HLS'), drmOutput: [], drmToken: '' };
}

async function toProtectedStreaming(scene: Scene): Promise<object> {
  const { context, request, content } = scene;
  const wanted = content.drmAdaptiveInfo?.privateEncryptionDefinition ?? ENCRYPTED_DEFINITION;
  const master = findMaster(scene, (definition) => definition === wanted);
  const { expireTimeStamp, drmLicenseInfo } = request.payload;
  const expireTimeSec =
    drmLicenseInfo?.expireTimeStamp ??
    expireTimeStamp ??
    Math.floor(context.clock().getTime() / 1000) + DEFAULT_LIFE_SEC;
  return {
    plainOutput: null,
    drmOutput: [await toOutput(scene, master, 'SimpleAES')],
    drmToken: createDrmToken(request.distribution.drm_secret, request.fileId, expireTimeSec),
  };
}

function findMaster({ found }: Scene, isWanted: (definition: number) => boolean): ArtifactRow {
  const playlists = found.artifacts.filter(
    (file) => file.kind === ADAPTIVE && isWanted(file.definition) && isPlaylist(file),
  );
  const master = playlists.find(({ name }) => name.startsWith('adp.')) ?? playlists[0];
  return need(master, 'an adaptive stream of this definition');
}

async function toOutput(scene: Scene, master: ArtifactRow, type: string): Promise<object> {
  const playlist = await text(scene.context.blobs.read(master.blob_key));
  return {
    type,
    url: scene.toUrl(master),
    subStreams: readSubStreams(playlist, scene.content.resolutionNames),
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

function toImageSpriteInfo({ content, found, toUrl }: Scene): object | null {
  const { imageSpriteDefinition } = content;
  const files = found.artifacts.filter(
    ({ kind, definition }) => kind === SPRITE && definition === imageSpriteDefinition,
  );
  const webVtt = files.find(({ name }) => name.endsWith('.vtt'));
  if (!webVtt) return null;
  return { imageUrls: files.filter((file) => file !== webVtt).map(toUrl), webVttUrl: toUrl(webVtt) };
}

function need<Value>(value: Value | undefined, what: string): Value {
  if (value !== undefined) return value;
  throw new PlayError('output', `The media has not got ${what}: run the task that makes it first.`);
}

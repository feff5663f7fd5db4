import type { MediaWithArtifacts } from '../media/media-repository.ts';
import type { UrlMaker } from '../playback/signed-url.ts';

/** What a player shows besides single files. */
export interface MediaPlayback {
  readonly streams: readonly {
    readonly definition: number;
    readonly package: 'HLS' | 'DASH';
    readonly url: string;
    readonly sizeBytes: number;
  }[];
  /** WebVTT: which part of which picture belongs to which time. */
  readonly spritesUrl: string | null;
  readonly subtitles: readonly {
    readonly id: string;
    readonly name: string;
    readonly language: string;
    readonly url: string;
  }[];
}

/** Encrypted streams are left out: they need the signature of the application that plays them. */
export function toPlayback(
  { artifacts, subtitles = [] }: MediaWithArtifacts,
  toUrl: UrlMaker,
): MediaPlayback {
  const sprites = artifacts.find(({ kind, details }) => kind === 'ImageSprites' && details?.vttName);
  return {
    streams: artifacts
      .filter(({ kind, details }) => kind === 'AdaptiveDynamicStreaming' && !details?.drmType)
      .map((main) => ({
        definition: main.definition,
        package: main.details?.package ?? 'HLS',
        url: toUrl(main),
        sizeBytes: main.details?.sizeBytes ?? main.size_bytes,
      })),
    spritesUrl: sprites ? toUrl({ folder: sprites.folder, name: sprites.details?.vttName ?? '' }) : null,
    subtitles: subtitles.map(({ subtitle_id: id, name, language, folder, file_name }) => ({
      id,
      name,
      language,
      url: toUrl({ folder, name: file_name }),
    })),
  };
}

import { invalidParameterValue } from '@vodstack/protocol';
import { parseDashManifest } from '../manifest/dash-manifest.ts';
import { parsePlaylist } from '../manifest/hls-playlist.ts';
import { ManifestError } from '../manifest/manifest-error.ts';
import { defineAction, type Action } from './action.ts';
import type { ParseStreamingManifestRequest } from './request-types.ts';

/**
 * The files that a playlist or manifest refers to, relative to it: upload clients ask before they put each beside it, and
 * ask again for every playlist among them (266/58770).
 */
export const parseStreamingManifest: Action<ParseStreamingManifestRequest> = defineAction({
  name: 'ParseStreamingManifest',
  handle(_context, request) {
    const type = (request.ManifestType || 'm3u8').toLowerCase();
    if (type !== 'm3u8' && type !== 'mpd') {
      throw invalidParameterValue(
        'ManifestType',
        `must be m3u8 or mpd, got ${JSON.stringify(type.slice(0, 40))}.`,
      );
    }
    return Promise.resolve({ MediaSegmentSet: findFiles(request.MediaManifestContent, type) });
  },
});

function findFiles(content: string, type: 'm3u8' | 'mpd'): string[] {
  try {
    const files = type === 'mpd' ? parseDashManifest(content) : listPlaylistFiles(content);
    for (const file of files) assertBeside(file);
    return files;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw invalidParameterValue(
      'MediaManifestContent',
      `is not a manifest that can be uploaded: ${error.message}.`,
    );
  }
}

function listPlaylistFiles(content: string): string[] {
  const { references } = parsePlaylist(content);
  // A key may well stay with its server: such a playlist is complete without it.
  const files = references.filter(({ kind, uri }) => kind !== 'key' || !isElsewhere(uri));
  return [...new Set(files.map(({ uri }) => uri))];
}

function isElsewhere(uri: string): boolean {
  return /^([a-z][a-z\d+.-]*:|\/|\\)/i.test(uri);
}

/** Only what lies in the manifest's own folder or below it can be put beside it. */
function assertBeside(uri: string): void {
  const steps = decode(uri.replace(/[?#].*$/s, '')).split(/[/\\]/);
  if (!isElsewhere(uri) && !steps.includes('..') && !uri.includes('\0')) return;
  throw new ManifestError(
    `it refers to ${JSON.stringify(uri.slice(0, 100))}; only relative paths below the manifest's own folder can be uploaded`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

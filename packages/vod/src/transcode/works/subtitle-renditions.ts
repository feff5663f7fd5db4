import type { SubtitleTrack } from './subtitle-track.ts';
import type { Cue } from './vtt.ts';

// Subtitles beside the picture: RFC 8216 sections 3.5 and 4.3.4.1, and ISO/IEC 23009-1 with side-loaded WebVTT (DASH-IF IOP).

export interface SubtitleFiles {
  readonly track: SubtitleTrack;
  readonly vttName: string;
  /** HLS alone. */
  readonly playlistName: string;
}

export function subtitleFiles(tracks: readonly SubtitleTrack[], definition: number): SubtitleFiles[] {
  return tracks.map((track, i) => ({
    track,
    vttName: `subtitle_${definition}_${i}.vtt`,
    playlistName: `subtitle_${definition}_${i}.m3u8`,
  }));
}

/**
 * The cues as a file of their own.
 * @param mpegTs the time stamp of MPEG-TS that second 0 has in the streams beside it; undefined for DASH, which counts from 0
 */
export function formatCues(cues: readonly Cue[], mpegTs?: number): string {
  const map = mpegTs === undefined ? '' : `\nX-TIMESTAMP-MAP=MPEGTS:${mpegTs},LOCAL:00:00:00.000`;
  const blocks = cues.map(({ startSec, endSec, settings, raw }) => {
    const times = `${toClock(startSec)} --> ${toClock(endSec)}`;
    return `${settings === '' ? times : `${times} ${settings}`}\n${raw}`;
  });
  return `${[`WEBVTT${map}`, ...blocks].join('\n\n')}\n`;
}

/** All of a subtitle is one segment: an hour of speech has less bytes than two seconds of picture. */
export function subtitlePlaylist(vttName: string, durationSec: number): string {
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    `#EXT-X-TARGETDURATION:${Math.ceil(durationSec)}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    `#EXTINF:${durationSec.toFixed(3)},`,
    vttName,
    '#EXT-X-ENDLIST',
    '',
  ].join('\n');
}

const GROUP = 'subtitles';

/** A master playlist with exactly these subtitles, whatever it had before. */
export function withSubtitles(master: string, files: readonly SubtitleFiles[], defaultId = ''): string {
  const bare = master
    .split('\n')
    .filter((line) => !line.startsWith('#EXT-X-MEDIA:TYPE=SUBTITLES,'))
    .map((line) => (isVariant(line) ? line.replace(/,SUBTITLES="[^"]*"/, '') : line));
  if (files.length === 0) return bare.join('\n');
  const names = uniqueNames(files.map(({ track }) => track.name || track.language));
  const media = files.map(({ track, playlistName }, i) => {
    const isDefault = track.id === defaultId ? 'YES' : 'NO';
    return `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="${GROUP}",NAME="${names[i]}",LANGUAGE="${track.language}",DEFAULT=${isDefault},AUTOSELECT=YES,FORCED=NO,URI="${playlistName}"`;
  });
  const first = bare.findIndex(isVariant);
  const lines = bare.map((line) => (isVariant(line) ? `${line},SUBTITLES="${GROUP}"` : line));
  return lines.toSpliced(Math.max(0, first), 0, ...media).join('\n');
}

/** A manifest with exactly these subtitles, each a set of its own, whatever it had before. */
export function withSubtitleSets(manifest: string, files: readonly SubtitleFiles[]): string {
  const sets = files.map(({ track, vttName }, i) =>
    [
      `\t\t<AdaptationSet contentType="text" mimeType="text/vtt" lang="${track.language}">`,
      '\t\t\t<Role schemeIdUri="urn:mpeg:dash:role:2011" value="subtitle"/>',
      `\t\t\t<Representation id="subtitle${i}" bandwidth="1000">`,
      `\t\t\t\t<BaseURL>${vttName}</BaseURL>`,
      '\t\t\t</Representation>',
      '\t\t</AdaptationSet>\n',
    ].join('\n'),
  );
  const bare = manifest.replaceAll(
    /[ \t]*<AdaptationSet contentType="text" mimeType="text\/vtt"[^]*?<\/AdaptationSet>\n/g,
    '',
  );
  const end = /[ \t]*<\/Period>/.exec(bare);
  return end ? `${bare.slice(0, end.index)}${sets.join('')}${bare.slice(end.index)}` : bare;
}

/** Names as a quoted attribute can hold them, each once in its group. */
export function uniqueNames(names: readonly string[]): string[] {
  // oxlint-disable-next-line no-control-regex -- line ends and other controls would end the tag
  const plain = names.map((name) => name.replaceAll(/["\u0000-\u001F\u007F]/g, ' ').trim() || 'track');
  return plain.map((name, i) => (plain.indexOf(name) === i ? name : `${name} ${i + 1}`));
}

function isVariant(line: string): boolean {
  return line.startsWith('#EXT-X-STREAM-INF:');
}

function toClock(sec: number): string {
  const ms = Math.round(sec * 1000);
  const rest = `${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
  return `${two(ms / 3_600_000)}:${rest}`;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

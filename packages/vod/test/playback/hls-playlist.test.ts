import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { changePlaylist, isPlaylist } from '../../src/playback/hls-playlist.ts';

const MEDIA = [
  '#EXTM3U',
  '#EXT-X-TARGETDURATION:2',
  '#EXT-X-MAP:URI="init.mp4",BYTERANGE="700@0"',
  '#EXT-X-KEY:METHOD=AES-128,URI="/drm/getkey?fileId=1&keyId=2",IV=0x00',
  '#EXTINF:2.000,',
  's0.m4s',
  '#EXTINF:2.000,',
  's1.m4s',
  '#EXT-X-DISCONTINUITY',
  '#EXTINF:1.000,',
  's2.m4s',
  '#EXT-X-ENDLIST',
  '',
].join('\n');

const MASTER = [
  '#EXTM3U',
  '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="URI=",URI="sub/en.m3u8"',
  '#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=320x180,SUBTITLES="s"',
  'video_10_0.m3u8',
  '#EXT-X-STREAM-INF:BANDWIDTH=2',
  'https://example.com/other.m3u8',
  '',
].join('\n');

test('relative URIs are changed wherever they stand, others are not', () => {
  const changed = changePlaylist(MASTER, { toUri: (uri) => `${uri}?x` });
  expect(changed).toBe(
    MASTER.replace('en.m3u8', 'en.m3u8?x').replace('video_10_0.m3u8', 'video_10_0.m3u8?x'),
  );
  expect(changePlaylist(MEDIA, { toUri: (uri) => `${uri}?x` })).toContain('URI="init.mp4?x",BYTERANGE');
});

test('key URIs are changed on their own', () => {
  const changed = changePlaylist(MEDIA, { toKeyUri: (uri) => `${uri}&token=t` });
  expect(changed).toBe(MEDIA.replace('keyId=2', 'keyId=2&token=t'));
});

test.each([
  [1, ['s0.m4s']],
  [2, ['s0.m4s']],
  [3, ['s0.m4s', 's1.m4s']],
  [5, ['s0.m4s', 's1.m4s', 's2.m4s']],
  [500, ['s0.m4s', 's1.m4s', 's2.m4s']],
])('a preview of %i s has the segments that begin before', (previewSec, segments) => {
  const lines = changePlaylist(MEDIA, { previewSec }).split('\n');
  expect(lines.filter((line) => line.endsWith('.m4s'))).toEqual(segments);
  expect(lines.filter((line) => line === '#EXT-X-ENDLIST')).toHaveLength(1);
  expect(lines.at(-1)).toBe('');
});

test('a master playlist has no segments to leave out', () => {
  expect(changePlaylist(MASTER, { previewSec: 1 })).toBe(MASTER);
});

test('carriage returns are no part of a name', () => {
  expect(changePlaylist('#EXTM3U\r\na.ts\r\n', { toUri: (uri) => `${uri}?x` })).toBe('#EXTM3U\na.ts?x\n');
});

test('without changes every text stays as it is but for its carriage returns', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(changePlaylist(text, {})).toBe(text.replaceAll(/\r(?=\n|$)/g, ''));
    }),
  );
});

test.each([
  ['application/vnd.apple.mpegurl', true],
  ['application/x-mpegURL', true],
  ['video/mp2t', false],
])('%s is a playlist: %s', (content_type, expected) => {
  expect(isPlaylist({ content_type })).toBe(expected);
});

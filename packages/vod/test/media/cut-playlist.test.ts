import { assert, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPlaylist, playlistLengthSec } from '../../src/manifest/cut-playlist.ts';

/** Four segments of 2, 2, 2 and 1.5 seconds, encrypted from the third one on. */
const WHOLE = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:5
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2.000,
a.m4s
#EXTINF:2.000,
#EXT-X-BYTERANGE:100@0
b.m4s
#EXT-X-KEY:METHOD=AES-128,URI="/drm/getkey?keyId=1"
#EXTINF:2.000,
b.m4s
#EXTINF:1.500,
d.m4s
#EXT-X-ENDLIST
`;

describe('a part of a playlist', () => {
  it('has the segments that are seen in its time, with the sections and keys that they need', () => {
    const cut = cutPlaylist(WHOLE, 3, 4.5);
    expect(cut).toMatchObject({ first: 1, last: 2, durationSec: 4, isEncrypted: true });
    expect(cut?.files).toEqual(['init.mp4', 'b.m4s']);
    expect(cut?.text.split('\n')).toEqual([
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      '#EXT-X-TARGETDURATION:2',
      '#EXT-X-MEDIA-SEQUENCE:6',
      '#EXT-X-PLAYLIST-TYPE:VOD',
      '#EXT-X-MAP:URI="init.mp4"',
      '#EXTINF:2.000,',
      '#EXT-X-BYTERANGE:100@0',
      'b.m4s',
      '#EXT-X-KEY:METHOD=AES-128,URI="/drm/getkey?keyId=1"',
      '#EXTINF:2.000,',
      'b.m4s',
      '#EXT-X-ENDLIST',
      '',
    ]);
  });

  it('ends and begins exactly at a segment where the times are those', () => {
    expect(cutPlaylist(WHOLE, 2, 4)).toMatchObject({ first: 1, last: 1, isEncrypted: false });
    expect(cutPlaylist(WHOLE, 0, 7.5)).toMatchObject({ first: 0, last: 3, durationSec: 7.5 });
    expect(cutPlaylist(WHOLE, 8, 9)).toBeUndefined();
    expect(playlistLengthSec(WHOLE)).toBe(7.5);
  });

  it('is never of something that has no end, or lists playlists', () => {
    expect(() => cutPlaylist(WHOLE.replace('#EXT-X-ENDLIST\n', ''), 0, 1)).toThrow('no end');
    expect(() => cutPlaylist('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n', 0, 1)).toThrow('master');
  });

  it('covers the time that is asked for, whatever that is', () => {
    assert(
      property(
        double({ min: 0, max: 7, noNaN: true }),
        double({ min: 0.01, max: 3, noNaN: true }),
        (at, length) => {
          const cut = cutPlaylist(WHOLE, at, at + length);
          expect(cut).toBeDefined();
          const begin = [0, 2, 4, 6][cut?.first ?? 0] ?? 0;
          expect(begin).toBeLessThanOrEqual(at + 0.001);
          expect(begin + (cut?.durationSec ?? 0)).toBeGreaterThanOrEqual(Math.min(7.5, at + length) - 0.001);
        },
      ),
    );
  });
});

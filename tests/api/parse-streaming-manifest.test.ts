import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../support/error-of.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startQuietStack();
});
afterAll(async () => {
  await stack?.stop();
});

async function parse(MediaManifestContent: string, ManifestType?: string): Promise<string[] | undefined> {
  const answer = await stack.client.ParseStreamingManifest({
    MediaManifestContent,
    ...(ManifestType ? { ManifestType } : {}),
  });
  return answer.MediaSegmentSet;
}

function mpd(content: string): string {
  return `<?xml version="1.0"?><MPD mediaPresentationDuration="PT10S"><Period>${content}</Period></MPD>`;
}

describe('ParseStreamingManifest refuses', () => {
  it.each([
    ['an empty content', ''],
    ['what is no playlist', 'hello'],
    ['a playlist of nothing', '#EXTM3U\n#EXT-X-ENDLIST\n'],
    ['a segment with a URL', '#EXTM3U\n#EXTINF:4,\nhttps://example.org/a.ts\n'],
    ['a segment by the root', '#EXTM3U\n#EXTINF:4,\n/a.ts\n'],
    ['a segment above', '#EXTM3U\n#EXTINF:4,\n../a.ts\n'],
    ['a segment above in disguise', '#EXTM3U\n#EXTINF:4,\nx/%2e%2e/../%2E%2e/a.ts\n'],
    ['a key above', '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="../k"\n#EXTINF:4,\na.ts\n'],
  ])('%s', async (_what, content) => {
    const error = await errorOf(parse(content));
    expect(error.code).toBe('InvalidParameterValue.MediaManifestContent');
  });

  it.each([
    ['what is no XML', '#EXTM3U\na.ts\n'],
    ['another document', '<html></html>'],
    ['a manifest of nothing', mpd('')],
    [
      'an absolute base',
      mpd(
        '<AdaptationSet><Representation id="v"><BaseURL>http://h/a.mp4</BaseURL></Representation></AdaptationSet>',
      ),
    ],
    [
      'a timeline of a billion segments',
      mpd(
        '<AdaptationSet><SegmentTemplate media="$Time$.m4s"><SegmentTimeline><S d="1" r="1000000000"/></SegmentTimeline></SegmentTemplate><Representation id="v"/></AdaptationSet>',
      ),
    ],
  ])('%s in an mpd', async (_what, content) => {
    const error = await errorOf(parse(content, 'mpd'));
    expect(error.code).toBe('InvalidParameterValue.MediaManifestContent');
  });

  it('an unknown type of manifest', async () => {
    expect((await errorOf(parse('#EXTM3U\na.ts', 'ism'))).code).toBe('InvalidParameterValue');
  });
});

describe('ParseStreamingManifest lists', () => {
  it('the segments, the map and the key of a playlist, each once', async () => {
    const playlist = [
      '#EXTM3U',
      '#EXT-X-KEY:METHOD=AES-128,URI="enc.key",IV=0x1',
      '#EXT-X-MAP:URI="init.mp4",BYTERANGE="600@0"',
      '#EXTINF:4.0,title',
      'v/1.m4s',
      '#EXTINF:4.0,',
      'v/1.m4s',
      '# a remark',
      '#EXTINF:4.0,',
      'v/2 ü.m4s',
      '#EXT-X-ENDLIST',
    ];
    const expected = ['enc.key', 'init.mp4', 'v/1.m4s', 'v/2 ü.m4s'];
    expect(await parse(playlist.join('\n'))).toEqual(expected);
    expect(await parse(playlist.join('\r\n'), 'm3u8')).toEqual(expected);
  });

  it('no key that stays with its server', async () => {
    const playlist =
      '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="https://keys.example.org/k"\n#EXTINF:4,\na.ts\n';
    expect(await parse(playlist)).toEqual(['a.ts']);
  });

  it('the playlists of a master playlist', async () => {
    const master = [
      '#EXTM3U',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x, y",URI="audio/a.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1,mp4a"',
      'low/v.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=2',
      'high/v.m3u8',
    ].join('\n');
    expect(await parse(master)).toEqual(['audio/a.m3u8', 'low/v.m3u8', 'high/v.m3u8']);
  });

  it('the files of a SegmentTemplate by number', async () => {
    const manifest = mpd(
      '<AdaptationSet><SegmentTemplate media="$RepresentationID$/s-$Number%03d$.m4s" initialization="$RepresentationID$/init.mp4" duration="4000" timescale="1000" startNumber="1"/><Representation id="v0" bandwidth="1"/></AdaptationSet>',
    );
    expect(await parse(manifest, 'mpd')).toEqual([
      'v0/init.mp4',
      'v0/s-001.m4s',
      'v0/s-002.m4s',
      'v0/s-003.m4s',
    ]);
  });

  it('the files of a SegmentTemplate by time, below a BaseURL', async () => {
    const manifest = mpd(
      '<BaseURL>media/</BaseURL><AdaptationSet><SegmentTemplate media="$Time$.m4s"><SegmentTimeline><S t="5" d="10" r="1"/><S d="7"/></SegmentTimeline></SegmentTemplate><Representation id="v"/></AdaptationSet>',
    );
    expect(await parse(manifest, 'mpd')).toEqual(['media/5.m4s', 'media/15.m4s', 'media/25.m4s']);
  });

  it('the files of a SegmentList and of a BaseURL', async () => {
    const manifest = mpd(
      '<AdaptationSet><Representation id="a"><SegmentList><Initialization sourceURL="i.mp4"/><SegmentURL media="1.m4s"/><SegmentURL media="2.m4s"/></SegmentList></Representation><Representation id="b"><BaseURL>whole.mp4</BaseURL></Representation></AdaptationSet>',
    );
    expect(await parse(manifest, 'mpd')).toEqual(['i.mp4', '1.m4s', '2.m4s', 'whole.mp4']);
  });
});

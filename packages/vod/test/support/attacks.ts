/** What an attacker knows or guesses of the machine that reads the file. */
export interface AttackTargets {
  /** Absolute path of another tenant's video. */
  readonly secretPath: string;
  /** The same, relative to the folder of the attack file. */
  readonly relativeSecret: string;
  /** A video in the attack file's own folder. */
  readonly sibling: string;
  /** An HTTP server that nobody must call. */
  readonly canaryUrl: string;
}

function playlist(uri: string, header = ''): string {
  return `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${header}#EXTINF:2,\n${uri}\n#EXT-X-ENDLIST\n`;
}

function dash(baseUrl: string): string {
  const representation = `<Representation id="0" codecs="avc1.640028" bandwidth="1"><BaseURL>${baseUrl}</BaseURL><SegmentBase/></Representation>`;
  return `<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4">${representation}</AdaptationSet></Period></MPD>`;
}

/** Files that name other files or servers; each is uploaded as a video. */
export function attackFiles(targets: AttackTargets): Readonly<Record<string, string>> {
  const { secretPath, relativeSecret, sibling, canaryUrl } = targets;
  return {
    'HLS with a file: URL': playlist(`file://${secretPath}`),
    'HLS with an absolute path': playlist(secretPath),
    'HLS with a path upwards': playlist(relativeSecret),
    'HLS with a sibling': playlist(sibling),
    'HLS with a URL': playlist(`${canaryUrl}/segment.ts`),
    'HLS with a key of the machine': playlist(sibling, '#EXT-X-KEY:METHOD=AES-128,URI="/etc/passwd"\n'),
    'HLS with concat': playlist(`concat:${secretPath}|${secretPath}`),
    'a master playlist': `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${secretPath}\n`,
    'DASH with an absolute path': dash(secretPath),
    'DASH with a URL': dash(`${canaryUrl}/video.mp4`),
    'ffconcat with a sibling': `ffconcat version 1.0\nfile '${sibling}'\n`,
    'ffconcat with an absolute path': `ffconcat version 1.0\nfile '${secretPath}'\n`,
    'ffconcat with a URL': `ffconcat version 1.0\nfile '${canaryUrl}/video.mp4'\n`,
    SDP: 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n',
    'SVG with a file': `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64"><image xlink:href="file://${secretPath}" width="64" height="64"/></svg>`,
    'SMIL with a file': `<?xml version="1.0"?><smil><body><video src="${secretPath}"/></body></smil>`,
  };
}

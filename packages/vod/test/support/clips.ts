import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaTools } from '../../src/transcode/index.ts';
import { runFfmpeg } from './media-tools.ts';

/** Seconds; every clip has this length unless its name says otherwise. */
export const CLIP_SEC = 2;

export type ClipName =
  | 'landscape'
  | 'portrait'
  | 'large'
  | 'odd'
  | 'audioOnly'
  | 'silent'
  | 'tiny'
  | 'strip'
  | 'hevc10'
  | 'hdr'
  | 'surround'
  | 'voices'
  | 'variableRate'
  | 'anamorphic'
  | 'interlaced'
  | 'lateVideo'
  | 'withCover'
  | 'liveWebm'
  | 'faststart'
  | 'timeStampBomb'
  | 'endless'
  | 'noisy'
  | 'png';

const H264 = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p';
const H264_444 = '-c:v libx264 -preset ultrafast -pix_fmt yuv444p';
const HEVC_10 =
  '-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -tag:v hvc1 -x265-params log-level=error';
const AAC = '-c:a aac -b:a 96k';

function picture(size: string, rate = 30, seconds = CLIP_SEC): string {
  return `-f lavfi -i testsrc2=s=${size}:r=${rate}:d=${seconds}`;
}

function tone(channelLayout = 'stereo', seconds = CLIP_SEC): string {
  return `-f lavfi -i sine=f=440:r=48000:d=${seconds},aformat=channel_layouts=${channelLayout}`;
}

/** ffmpeg's arguments, separated by single spaces; the last one is the file's name. */
const RECIPES: Readonly<Record<ClipName, string>> = {
  landscape: `${picture('640x360')} ${tone()} ${H264} ${AAC} landscape.mp4`,
  portrait: `${picture('544x960')} ${tone()} ${H264} ${AAC} portrait.mp4`,
  large: `${picture('1280x720', 24)} ${tone()} ${H264} ${AAC} large.mp4`,
  odd: `${picture('854x480')} ${tone()} -vf scale=853:479,setsar=1 ${H264_444} ${AAC} odd.mp4`,
  audioOnly: `${tone()} ${AAC} audio-only.mp4`,
  silent: `${picture('320x180')} ${H264} silent.mp4`,
  tiny: `${picture('16x16')} -vf scale=3:3,setsar=1 ${H264_444} tiny.mp4`,
  strip: `${picture('3000x100')} -vf scale=3000:20,setsar=1 -frames:v 3 -c:v mpeg4 -q:v 2 strip.mp4`,
  hevc10: `${picture('640x360', 25)} ${HEVC_10} hevc10.mp4`,
  hdr: `${picture('640x360', 25)} ${HEVC_10}:hdr-opt=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc hdr.mp4`,
  // The second sound is the default one.
  voices: `${picture('320x180')} ${tone()} ${tone()} -map 0 -map 1 -map 2 ${H264} ${AAC} -metadata:s:a:0 language=eng -metadata:s:a:1 language=deu -metadata:s:a:1 title=Comment -disposition:a:0 0 -disposition:a:1 default voices.mkv`,
  surround: `${picture('320x180')} ${tone('5.1')} ${H264} -c:a ac3 surround.mkv`,
  variableRate: `${picture('320x180', 60)} -vf select=not(mod(n\\,7))+lt(mod(n\\,50)\\,20) -vsync vfr ${H264} variable-rate.mp4`,
  anamorphic: `${picture('360x288', 25)} -vf setsar=64/45 ${H264} anamorphic.mp4`,
  interlaced: `${picture('720x576', 50)} -vf setfield=tff,interlace -c:v mpeg2video -b:v 4M -flags +ildct+ilme interlaced.mpg`,
  /** The picture begins a second after the sound. */
  lateVideo: `-itsoffset 1 ${picture('320x180', 25)} ${tone('stereo', 3)} ${H264} ${AAC} late-video.mkv`,
  /** Music with a cover: the picture does not move. */
  withCover: `${tone()} ${picture('320x180')} -map 0:a -map 1:v -frames:v 1 -c:v png -disposition:v attached_pic ${AAC} with-cover.m4a`,
  /** As a browser's MediaRecorder writes it: a stream without a duration. */
  liveWebm: `${picture('320x180')} ${tone()} -c:v libvpx -cpu-used 8 -deadline realtime -c:a libvorbis -live 1 -f webm live.webm`,
  /** The index at the front: cut in half it still opens. */
  faststart: `${picture('320x180', 25, 8)} ${tone('stereo', 8)} ${H264} -g 25 ${AAC} -movflags +faststart faststart.mp4`,
  /** Three frames, ten hours: 20 kB that would become 900 000 frames. */
  timeStampBomb: `${picture('320x180', 1, 3)} -vf setpts=if(eq(N\\,2)\\,36000/TB\\,PTS) -vsync vfr ${H264} bomb.mp4`,
  /** Long enough to be stopped half way, whatever the machine. */
  endless: `${picture('160x90', 25, 300)} ${H264} endless.mp4`,
  noisy: `-f lavfi -i color=gray:s=640x360:r=25:d=2,noise=alls=80:allf=t ${H264} -crf 10 noisy.mp4`,
  png: `${picture('320x180')} -frames:v 1 -f image2 -c:v png picture.mp4`,
};

export interface ClipBox {
  /** The clip's path; made when first asked for. */
  clip(name: ClipName): Promise<string>;
  /** The landscape clip with a display matrix that turns it by 90°. */
  rotated(): Promise<string>;
  /** The first `share` of a clip's bytes. */
  cut(name: ClipName, share: number): Promise<string>;
  /** A file of exactly this content. */
  write(fileName: string, content: string | Buffer): Promise<string>;
}

/** Test media synthesised by ffmpeg into a folder that the caller owns. */
export function createClipBox(folder: string, tools: MediaTools): ClipBox {
  const made = new Map<ClipName, Promise<string>>();
  const make = async (name: ClipName): Promise<string> => {
    const args = RECIPES[name].split(' ');
    const path = join(folder, args.pop() ?? name);
    await runFfmpeg(tools, [...args, path]);
    return path;
  };
  const clip = (name: ClipName): Promise<string> => {
    const path = made.get(name) ?? make(name);
    made.set(name, path);
    return path;
  };
  const write = async (fileName: string, content: string | Buffer): Promise<string> => {
    const path = join(folder, fileName);
    await writeFile(path, content);
    return path;
  };
  return {
    clip,
    write,
    rotated: async () => {
      const path = join(folder, 'rotated.mp4');
      await cp(await clip('landscape'), path);
      await rotateInPlace(path);
      return path;
    },
    cut: async (name, share) => {
      const content = await readFile(await clip(name));
      return write(`cut-${name}.mp4`, content.subarray(0, Math.floor(content.length * share)));
    },
  };
}

/** Rewrites the display matrix of the first track: 90° clockwise. The options that do it differ between versions of ffmpeg. */
async function rotateInPlace(path: string): Promise<void> {
  const content = await readFile(path);
  const header = content.indexOf('tkhd') + 4;
  const isLong = content.readUInt8(header) === 1;
  const matrix = header + 4 + (isLong ? 32 : 20) + 16;
  const turned = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000];
  turned.forEach((value, i) => content.writeInt32BE(value, matrix + i * 4));
  await writeFile(path, content);
}

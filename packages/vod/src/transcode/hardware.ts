import { execa } from 'execa';
import type { EngineLogger } from './engine-logger.ts';
import { DEFAULT_SANDBOX_LIMITS, type Sandbox } from './sandbox.ts';

/** Encoders of H.264 in hardware, in the order in which they are looked for. */
export const HARDWARE = ['nvenc', 'qsv', 'vaapi'] as const;
export type Hardware = (typeof HARDWARE)[number];
export type HardwareSetting = Hardware | 'auto' | 'off';

const VAAPI_DEVICE = '/dev/dri/renderD128';
const PROBE_TIMEOUT_MS = 20_000;

/** An ffmpeg run: what stands before its input, and what stands after it. */
export interface RunArguments {
  readonly inputArgs: readonly string[];
  readonly ffmpegArgs: readonly string[];
}

export interface HardwareProbe {
  readonly ffmpegPath: string;
  readonly encoders: ReadonlySet<string>;
  readonly environment: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  readonly logger: EngineLogger;
}

/**
 * The hardware to encode with: the first one wanted that makes a real picture here, under the very protections that runs have. A
 * build lists its encoders whether or not the machine has the device, so only a trial counts.
 */
export async function probeHardware(
  setting: HardwareSetting,
  probe: HardwareProbe,
): Promise<Hardware | undefined> {
  if (setting === 'off') return undefined;
  const wanted = setting === 'auto' ? HARDWARE : [setting];
  for (const hardware of wanted) {
    if (probe.encoders.has(`h264_${hardware}`) && (await encodes(hardware, probe))) return hardware;
  }
  probe.logger.warn({ wanted }, 'no encoder in hardware works here: encoding in software');
  return undefined;
}

async function encodes(hardware: Hardware, probe: HardwareProbe): Promise<boolean> {
  const software = [
    ['-filter_complex', 'color=gray:size=640x360:rate=25:duration=0.4[v0]', '-map', '[v0]'],
    ['-c:v', 'libx264', '-preset', 'medium', '-profile:v', 'high', '-pix_fmt', 'yuv420p', '-crf', '23'],
    ['-f', 'null', '-'],
  ].flat();
  const { inputArgs, ffmpegArgs } = toHardware({ inputArgs: [], ffmpegArgs: software }, hardware);
  const command = [probe.ffmpegPath, '-v', 'error', '-nostdin', ...inputArgs, ...ffmpegArgs];
  const [file = '', ...args] = probe.sandbox.wrap(command, DEFAULT_SANDBOX_LIMITS);
  const result = await execa(file, args, {
    reject: false,
    timeout: PROBE_TIMEOUT_MS,
    extendEnv: false,
    env: probe.environment,
  });
  probe.logger.debug(
    { hardware, exitCode: result.exitCode, stderr: result.stderr },
    'tried a hardware encoder',
  );
  return result.exitCode === 0;
}

/** What stands for an option of libx264, of any stream (`-crf` as well as `-crf:v:1`); null leaves it as it is. */
type Translation = (name: string, scope: string, value: string) => readonly string[] | null;

/** These say what hardware cannot be told, or does anyway. */
const DROPPED: ReadonlySet<string> = new Set(['-sc_threshold', '-keyint_min', '-x264-params']);

const TRANSLATIONS: Readonly<Record<Hardware, Translation>> = {
  nvenc: (name, scope, value) => {
    if (name === '-preset') return [name + scope, 'p5'];
    if (name === '-crf')
      return [`-rc${scope || ':v'}`, 'vbr', `-cq${scope || ':v'}`, value, `-b${scope || ':v'}`, '0'];
    return null;
  },
  qsv: (name, scope, value) => {
    if (name === '-pix_fmt') return [name + scope, 'nv12'];
    if (name === '-crf') return [`-global_quality${scope || ':v'}`, value];
    return null;
  },
  vaapi: (name, scope, value) => {
    if (name === '-preset' || name === '-pix_fmt') return [];
    // Of its modes only a constant quantiser works on every driver; it knows no ceiling.
    if (name === '-maxrate' || name === '-bufsize') return [];
    if (name === '-crf') return [`-qp${scope || ':v'}`, value];
    return null;
  },
};

/** The same run with H.264 made in hardware. Runs that make something else, or have filters that it cannot follow, stay as they are. */
export function toHardware(run: RunArguments, hardware: Hardware): RunArguments {
  const { ffmpegArgs } = run;
  if (!isPlainH264(ffmpegArgs)) return run;
  const translated: string[] = [];
  for (let index = 0; index < ffmpegArgs.length; index += 1) {
    const option = ffmpegArgs[index] ?? '';
    const value = ffmpegArgs[index + 1] ?? '';
    const [name = '', ...scopes] = option.split(':');
    const scope = scopes.map((part) => `:${part}`).join('');
    const known = option.startsWith('-') ? translate(hardware, name, scope, value) : null;
    translated.push(...(known ?? [option]));
    if (known !== null) index += 1;
  }
  return hardware === 'vaapi'
    ? uploadPictures({ ...run, ffmpegArgs: translated })
    : { ...run, ffmpegArgs: translated };
}

function translate(hardware: Hardware, name: string, scope: string, value: string): readonly string[] | null {
  if (name === '-c' && value === 'libx264') return [name + scope, `h264_${hardware}`];
  if (DROPPED.has(name)) return [];
  return TRANSLATIONS[hardware](name, scope, value);
}

/** Every picture stream comes out of one filter graph and is made by libx264. */
function isPlainH264(args: readonly string[]): boolean {
  const codecs = args.filter((_, index) => /^-c:v(?::\d+)?$/.test(args[index - 1] ?? ''));
  return (
    codecs.length > 0 && codecs.every((codec) => codec === 'libx264') && args.includes('-filter_complex')
  );
}

/** VAAPI takes pictures from the device's memory only. */
function uploadPictures({ inputArgs, ffmpegArgs }: RunArguments): RunArguments {
  const labels = ffmpegArgs.flatMap((arg, index) =>
    ffmpegArgs[index - 1] === '-map' ? (/^\[(\w+)\]$/.exec(arg)?.[1] ?? []) : [],
  );
  const uploads = labels.map((label) => `;[${label}]format=nv12,hwupload[hw_${label}]`).join('');
  const uploaded = ffmpegArgs.map((arg, index) => {
    const option = ffmpegArgs[index - 1];
    if (option === '-filter_complex') return arg + uploads;
    return option === '-map' ? arg.replace(/^\[(\w+)\]$/, '[hw_$1]') : arg;
  });
  return { inputArgs: ['-vaapi_device', VAAPI_DEVICE, ...inputArgs], ffmpegArgs: uploaded };
}

import type { TemplateKind } from '../../shared/templates/template-kinds.ts';
import { textAt, valueAt, type Values } from './values.ts';

/** What sets a template apart, in one line. */
export function summaryOf(kind: TemplateKind, wire: Values): string {
  const at = (path: string): unknown => valueAt(wire, path);
  const size = (prefix: string): string => sizeOf(at(`${prefix}Width`), at(`${prefix}Height`));
  const parts: Record<TemplateKind, () => unknown[]> = {
    transcode: () => [
      at('Container'),
      at('VideoTemplate.Codec') ?? at('AudioTemplate.Codec'),
      at('VideoTemplate') === undefined ? '' : size('VideoTemplate.'),
      bitrateOf(at('VideoTemplate.Bitrate') ?? at('AudioTemplate.Bitrate')),
    ],
    adaptive: () => [at('Format'), at('DrmType'), ladderOf(at('StreamInfos'))],
    snapshot: () => [at('Format'), size('')],
    sample: () => [at('Format'), size(''), intervalOf(wire)],
    sprite: () => [
      at('Format'),
      size(''),
      `${textAt(wire, 'ColumnCount')} × ${textAt(wire, 'RowCount')}`,
      intervalOf(wire),
    ],
    animated: () => [at('Format'), size(''), `${textAt(wire, 'Fps')} fps`],
    watermark: () => [at('Type'), at('CoordinateOrigin'), at('XPos'), at('YPos')],
  };
  return parts[kind]()
    .filter((part) => part !== '' && part !== undefined && part !== null)
    .join(' · ');
}

/** Zero is "as the source", or from the other side. */
function sizeOf(width: unknown, height: unknown): string {
  const [x, y] = [Number(width), Number(height)];
  if (x === 0 && y === 0) return '';
  if (x === 0) return `${y}p`;
  return `${x} × ${y === 0 ? 'auto' : y}`;
}

function bitrateOf(kbps: unknown): string {
  return Number(kbps) > 0 ? `${Number(kbps)} kbps` : '';
}

function intervalOf(wire: Values): string {
  return `${textAt(wire, 'SampleInterval')}${wire['SampleType'] === 'Time' ? ' s' : '%'}`;
}

function ladderOf(streams: unknown): string {
  if (!Array.isArray(streams)) return '';
  return streams
    .map((stream: unknown) => `${Number(valueAt(stream as Values, 'Video.Height'))}p`)
    .join(' / ');
}

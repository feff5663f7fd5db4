import type { models } from '@vodstack/protocol';

const CALL = /^QCVB_SimpleProcessFile\(\s*(\{[\d,\s]*\}|\d+)((?:\s*,\s*\d+){0,3})\s*\)$/;

/**
 * The inline form of the API before 2018, `QCVB_SimpleProcessFile({10,20},150,10,10)`: transcode templates, watermark,
 * cover and sampled snapshots, 0 for none. Undefined for other texts.
 */
export function parseSimpleProcessFile(text: string): models.MediaProcessTaskInput | undefined {
  const [, first, others] = CALL.exec(text) ?? [];
  if (first === undefined || others === undefined) return undefined;
  const [watermark = 0, cover = 0, sampleSnapshot = 0] = numbersOf(others);
  const watermarks = watermark ? { WatermarkSet: [{ Definition: watermark }] } : {};
  return {
    TranscodeTaskSet: numbersOf(first)
      .filter((definition) => definition > 0)
      .map((Definition) => ({ Definition, ...watermarks })),
    SampleSnapshotTaskSet: sampleSnapshot ? [{ Definition: sampleSnapshot }] : [],
    CoverBySnapshotTaskSet: cover ? [{ Definition: cover, PositionType: 'Time', PositionValue: 0 }] : [],
  };
}

function numbersOf(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}

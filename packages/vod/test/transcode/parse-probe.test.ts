import { describe, expect, it } from 'vitest';
import { parseProbe } from '../../src/transcode/parse-probe.ts';

const picture = {
  index: 0,
  codec_type: 'video',
  codec_name: 'h264',
  width: 720,
  height: 576,
  avg_frame_rate: '25/1',
};

function parse(
  streams: unknown,
  format: unknown = { format_name: 'mp4', duration: '10.0', bit_rate: '1000000' },
) {
  return parseProbe({ streams, format }, 1_250_000);
}

describe('parseProbe', () => {
  it.each([
    ['a display matrix that turns right', { side_data_list: [{ rotation: -90 }] }, 90],
    ['a display matrix that turns left', { side_data_list: [{}, { rotation: 90 }] }, 270],
    ['the rotate tag of old files', { tags: { rotate: '180' } }, 180],
    ['nothing', {}, 0],
  ])('reads the rotation from %s', (_, changes, rotation) => {
    expect(parse([{ ...picture, ...changes }]).rotation).toBe(rotation);
  });

  it('shows the size as a viewer sees it: square pixels, then turned', () => {
    const turned = { ...picture, sample_aspect_ratio: '64:45', side_data_list: [{ rotation: -90 }] };
    expect(parse([turned]).display).toEqual({ width: 576, height: 1024 });
  });

  it('takes unknown aspect ratios for square', () => {
    expect(parse([{ ...picture, sample_aspect_ratio: '0:1' }]).display).toEqual({ width: 720, height: 576 });
  });

  it('does not take cover art for video', () => {
    const cover = { ...picture, disposition: { attached_pic: 1 } };
    expect(parse([cover]).video).toBeNull();
    expect(parse([cover, { ...picture, index: 3 }]).video?.index).toBe(3);
  });

  it('prefers the default picture', () => {
    expect(parse([picture, { ...picture, index: 2, disposition: { default: 1 } }]).video?.index).toBe(2);
  });

  it('gives the video what the sound leaves of the rate when the container does not tell', () => {
    const sound = { codec_type: 'audio', codec_name: 'aac', bit_rate: '128000' };
    expect(parse([picture, sound]).video?.bitrateBps).toBe(872_000);
  });

  it('reads rate and duration of a Matroska stream from its tags', () => {
    const tagged = { ...picture, start_time: '2.0', tags: { BPS: '700000', DURATION: '00:00:09.500000000' } };
    expect(parse([tagged]).video).toMatchObject({
      bitrateBps: 700_000,
      startSec: 2,
      durationSec: 7.5,
      isDurationExact: true,
    });
  });

  it('measures starts from the start of the file', () => {
    const late = { ...picture, start_time: '1003.5', duration: '6.5' };
    const info = parse([late], { format_name: 'mpegts', start_time: '1000.0', duration: '10.0' });
    expect(info.video?.startSec).toBe(3.5);
  });

  it('computes the rate of the file from its size when the container does not tell', () => {
    expect(parse([picture], { format_name: 'mp4', duration: '10.0' }).bitrateBps).toBe(1_000_000);
  });

  it.each([[null], ['text'], [[1, 2]], [{ streams: [null, 'x', { codec_type: 'video' }], format: 5 }]])(
    'survives a report of another shape: %o',
    (report) => {
      expect(parseProbe(report, 1)).toMatchObject({ sizeBytes: 1, durationSec: 0, container: '' });
    },
  );
});

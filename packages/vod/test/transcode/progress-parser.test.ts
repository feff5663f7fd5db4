import { array, assert, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProgressParser, parseProgress } from '../../src/transcode/progress-parser.ts';

const stream =
  'frame=12\nfps=0.00\nout_time_us=N/A\nprogress=continue\n' +
  'frame=50\nfps=25.0\nout_time_us=1960000\nout_time_ms=1960000\nspeed=1.9x\nprogress=continue\n' +
  'frame=75\nout_time_us=2960000\nprogress=end\n';

const blocks = [
  { frame: 12, outTimeSec: null },
  { frame: 50, outTimeSec: 1.96 },
  { frame: 75, outTimeSec: 2.96 },
];

describe('the progress parser', () => {
  it('reads one block for each progress line', () => {
    expect(parseProgress(stream)).toEqual(blocks);
  });

  it('knows that out_time_ms of old builds holds microseconds', () => {
    expect(parseProgress('out_time_ms=500000\nprogress=continue')).toMatchObject([{ outTimeSec: 0.5 }]);
  });

  it('gives the same blocks however the stream is cut', () => {
    assert(
      property(array(nat(stream.length), { maxLength: 12 }), (cuts) => {
        const parser = createProgressParser();
        const edges = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const pieces = edges.slice(1).map((edge, i) => stream.slice(edges[i], edge));
        expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(blocks);
      }),
    );
  });
});

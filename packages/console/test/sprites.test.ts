import { describe, expect, it } from 'vitest';

import { parseSprites, spriteAt } from '../src/features/media/sprites.ts';

const VTT = `WEBVTT\r
\r
00:00:00.000 --> 00:00:10.000\r
film.imageSprite_10_0.jpg#xywh=0,0,142,80\r
\r
00:00:10.000 --> 01:00:20.500\r
film.imageSprite_10_0.jpg#xywh=142,0,142,80\r
`;

describe('the previews of the seek bar', () => {
  const sprites = parseSprites(VTT, 'http://localhost:8080/1500000001vod/film.vtt?t=1');

  it('are read with their times, their places and the picture beside the file', () => {
    expect(sprites).toEqual([
      {
        startSec: 0,
        endSec: 10,
        url: 'http://localhost:8080/1500000001vod/film.imageSprite_10_0.jpg',
        x: 0,
        y: 0,
        width: 142,
        height: 80,
      },
      expect.objectContaining({ startSec: 10, endSec: 3620.5, x: 142 }),
    ]);
  });

  it('are found by time, the last one also behind the end', () => {
    expect(spriteAt(sprites, 9.9)?.x).toBe(0);
    expect(spriteAt(sprites, 10)?.x).toBe(142);
    expect(spriteAt(sprites, 9999)?.x).toBe(142);
    expect(spriteAt([], 1)).toBeUndefined();
  });

  it('are none in a file of another kind', () => {
    expect(parseSprites('<html>not found</html>', 'http://localhost/')).toEqual([]);
  });
});

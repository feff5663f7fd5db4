import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/index.ts';

describe('createLogger', () => {
  it('writes JSON lines without secrets', () => {
    const destination = new PassThrough();
    createLogger({ level: 'info', destination }).info({ port: 1, user: { secretKey: 'hush' } }, 'started');
    expect(JSON.parse(read(destination))).toMatchObject({
      level: 30,
      msg: 'started',
      port: 1,
      user: { secretKey: '[hidden]' },
    });
  });

  it('writes lines for people, with fields and stack', () => {
    const destination = new PassThrough();
    const logger = createLogger({ level: 'info', pretty: true, destination });
    logger.debug('unseen');
    logger.warn({ queue: 'a', err: new Error('boom') }, 'failed');
    expect(read(destination)).toMatch(/^\d\d:\d\d:\d\d warn {2}failed queue=a\nError: boom\n {4}at /);
  });
});

function read(stream: PassThrough): string {
  const chunk: unknown = stream.read();
  return String(chunk);
}

import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { listenOrExplain, StartupError } from '../../src/index.ts';

describe('listenOrExplain', () => {
  it('listens on a port that the system chooses and tells which', async () => {
    await using app = closing(fastify());
    const { port } = await listenOrExplain(app, { host: '127.0.0.1', port: 0 });
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  });

  it('says in one sentence that the port is taken', async () => {
    await using first = closing(fastify());
    await using second = closing(fastify());
    const { port } = await listenOrExplain(first, { host: '127.0.0.1', port: 0 });
    const listen = listenOrExplain(second, { host: '127.0.0.1', port });
    await expect(listen).rejects.toThrow(StartupError);
    await expect(listen).rejects.toThrow(`Port ${port} on 127.0.0.1 is already in use`);
  });

  it('says that the machine has no such address', async () => {
    await using app = closing(fastify());
    await expect(listenOrExplain(app, { host: '192.0.2.1', port: 0 })).rejects.toThrow(
      'no address 192.0.2.1',
    );
  });

  it.each([
    ['EACCES', 'may not listen on port 80'],
    ['EOTHER', 'Cannot listen on 0.0.0.0:80'],
  ])('explains %s', async (code, sentence) => {
    const app = {
      listen: () => Promise.reject(Object.assign(new Error(code), { code })),
      server: { address: () => null },
    };
    await expect(listenOrExplain(app, { host: '0.0.0.0', port: 80 })).rejects.toThrow(sentence);
  });
});

function closing<App extends { close(): PromiseLike<unknown> }>(app: App): App & AsyncDisposable {
  return Object.assign(app, { [Symbol.asyncDispose]: async () => void (await app.close()) });
}

import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Environment, readEnvironment, runIn } from '../support/redirected.ts';
import { type Stack, startQuietStack } from '../support/stack.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

let stack: Stack;
let folder: WorkFolder;
let environment: Environment;
beforeAll(async () => {
  [stack, folder] = await Promise.all([startQuietStack(), createWorkFolder()]);
  environment = await readEnvironment(stack);
});
afterAll(async () => {
  await stack?.stop();
  await folder?.remove();
});

async function python(code: string, env: Environment = environment): Promise<string> {
  return (await runIn(env, 'python3', '-c', code)).trim();
}

/** With a folder of modules behind ours on the path. */
async function withModules(name: string, files: Record<string, string>): Promise<Environment> {
  const place = folder.join(name);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(place, path, '..'), { recursive: true });
    await writeFile(join(place, path), content);
  }
  return { ...environment, PYTHONPATH: [environment['PYTHONPATH'], place].join(delimiter) };
}

const READ = `
import urllib.request
def read(url): return urllib.request.urlopen(url, timeout=20).read().decode()
`;

describe('an unmodified Python program', () => {
  it('reaches the local stack over TLS with urllib', async () => {
    expect(await python(`${READ}print(read("https://vod.tencentcloudapi.com/healthz"))`)).toBe(
      '{"status":"ok"}',
    );
  });

  it('reaches it over plain HTTP with urllib', async () => {
    expect(await python(`${READ}print(read("http://vod.tencentcloudapi.com/healthz"))`)).toBe(
      '{"status":"ok"}',
    );
  });

  it('reaches object storage by a bucket’s name with http.client', async () => {
    const code = `
import http.client
connection = http.client.HTTPSConnection("nobody-1250000000.cos.ap-guangzhou.myqcloud.com", timeout=20)
connection.request("GET", "/none")
print(connection.getresponse().getheader("x-cos-request-id") is not None)`;
    expect(await python(code)).toBe('True');
  });

  it('reaches it from asyncio', async () => {
    const code = `
import asyncio, ssl
async def main():
    reader, writer = await asyncio.open_connection("vod.tencentcloudapi.com", 443, ssl=ssl.create_default_context())
    writer.write(b"GET /healthz HTTP/1.1\\r\\nHost: vod.tencentcloudapi.com\\r\\nConnection: close\\r\\n\\r\\n")
    print((await reader.readline()).decode())
    writer.close()
asyncio.run(main())`;
    expect(await python(code)).toBe('HTTP/1.1 200 OK');
  });

  it('verifies as strictly as newer versions of Python do by default', async () => {
    const code = `
import ssl, http.client
context = ssl.create_default_context()
context.verify_flags |= ssl.VERIFY_X509_STRICT
connection = http.client.HTTPSConnection("vod.tencentcloudapi.com", timeout=20, context=context)
connection.request("GET", "/healthz")
print(connection.getresponse().status)`;
    expect(await python(code)).toBe('200');
  });

  it('is not led away from any other host', async () => {
    const other = await listen();
    const { port } = other.address() as AddressInfo;
    expect(await python(`${READ}print(read("http://localhost:${port}/"))`)).toBe('other');
    other.close();
  });

  it('finds the local authority through certifi, which is all that the SDK asks', async () => {
    const env = await withModules('certifi', {
      'certifi/__init__.py': 'from .core import contents, where\n',
      'certifi/core.py': 'def where(): return "original"\ndef contents(): return "original"\n',
      'early.py': 'from certifi import where\nfrom certifi.core import contents\n',
    });
    const code = 'import early, certifi; print(early.where(), certifi.where(), "BEGIN" in early.contents())';
    const bundle = environment['REQUESTS_CA_BUNDLE'];
    expect(await python(code, env)).toBe(`${bundle} ${bundle} True`);
  });

  it('starts as ever where there is no certifi', async () => {
    const code = `
try:
    import certifi_that_is_nowhere
except ImportError as error:
    print(error.name)`;
    expect(await python(code)).toBe('certifi_that_is_nowhere');
  });

  it('still loads another sitecustomize that stands on the path', async () => {
    const env = await withModules('custom', {
      'sitecustomize.py': 'import builtins\nbuiltins.loaded = __name__\nMARK = 7\n',
    });
    const code = `${READ}import sitecustomize; print(loaded, sitecustomize.MARK, read("https://vod.tencentcloudapi.com/healthz"))`;
    expect(await python(code, env)).toBe('sitecustomize 7 {"status":"ok"}');
  });

  it('that was started without the variables is left alone', async () => {
    const { PYTHONPATH = '' } = environment;
    expect(await python('import socket; print(socket.getaddrinfo.__module__)', { PYTHONPATH })).toBe(
      'socket',
    );
  });
});

async function listen(): Promise<Server> {
  const server = createServer((_request, response) => response.end('other'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

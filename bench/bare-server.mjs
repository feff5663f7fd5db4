// The least that can store an upload: the body of a PUT goes to one file. Argument: the folder. Prints its port.
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

async function store(request, response) {
  const file = createWriteStream(join(process.argv[2], 'bare'), { flush: true });
  await pipeline(request, file);
  response.end();
}

const server = createServer((request, response) => {
  store(request, response).catch((error) => response.destroy(error));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

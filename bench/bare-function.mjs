// The least that can serve a function: its handler behind Node's HTTP server. Argument: the handler's file. Prints its port.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const { main_handler: handle } = createRequire(import.meta.url)(process.argv[2]);
async function serve(request, response) {
  const { statusCode, headers, body } = await handle({ body: await text(request) }, {});
  response.writeHead(statusCode, headers).end(body);
}

const server = createServer((request, response) => {
  serve(request, response).catch((error) => response.destroy(error));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

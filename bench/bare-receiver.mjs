// The least that can receive a notification: it reads the JSON and answers. Prints its port.
import { createServer } from 'node:http';

async function receive(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { EventType } = JSON.parse(Buffer.concat(chunks).toString());
  response.writeHead(EventType ? 200 : 400, { 'content-length': 0 }).end();
}

const server = createServer((request, response) => {
  receive(request, response).catch((error) => response.destroy(error));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

// The event receiver in a bare Node server. Everything that can be called with a request and a response takes it the same way, Express too:
//   app.post('/callback', toNodeHandler(receiver));   before any body parser
import { createServer, type Server } from 'node:http';
import { toNodeHandler, type Receiver } from '@vodstack/receiver';

export function createNodeServer(receiver: Receiver): Server {
  return createServer(toNodeHandler(receiver));
}

// The receiver that bench/receiver.ts measures, a process of its own. Argument: how to reach the database, as JSON. Prints its port.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDurableReceiver, createReceiverPool, toNodeHandler } from '@vodstack/receiver';

const pool = createReceiverPool(JSON.parse(process.argv[2] ?? '{}') as object, console.error);
const receiver = createDurableReceiver({
  database: pool,
  on: { NewFileUpload: () => undefined },
  log: () => undefined,
});
await receiver.start();
const server = createServer(toNodeHandler(receiver));
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));

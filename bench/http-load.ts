// A load generator, a process of its own. Arguments: URL, body, connections, seconds. Prints an HttpLoadReport.
import { Agent, request } from 'node:http';

export interface HttpLoadReport {
  readonly perSec: number;
  readonly p50Ms: number;
}

const [url = '', body = '', connections = '1', seconds = '1'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };

function send(): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      response.resume().once('end', resolve).once('error', reject);
    });
    call.once('error', reject).end(body);
  });
}

const startedAt = performance.now();
const endsAt = startedAt + Number(seconds) * 1000;
const times: number[] = [];

async function drive(): Promise<void> {
  for (let sentAt = performance.now(); sentAt < endsAt; sentAt = performance.now()) {
    await send();
    times.push(performance.now() - sentAt);
  }
}

await Promise.all(Array.from({ length: Number(connections) }, drive));
const report: HttpLoadReport = {
  perSec: (times.length / (performance.now() - startedAt)) * 1000,
  p50Ms: times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0,
};
console.log(JSON.stringify(report));
process.exit(0);

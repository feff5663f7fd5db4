// Runs a bundled function as a function platform does: CommonJS, the code folder as working directory, events on standard input.
// argv: the bundle. stdin: a JSON array of events. Prints the responses as one JSON line after the marker.
const { text } = require('node:stream/consumers');

async function run() {
  const startedAt = performance.now();
  const { main_handler: mainHandler } = require(process.argv[2]);
  const loadMs = performance.now() - startedAt;
  const responses = [];
  for (const event of JSON.parse(await text(process.stdin))) {
    responses.push(
      await mainHandler(event, { time_limit_in_ms: 5000, getRemainingTimeInMillis: () => 4800 }),
    );
  }
  process.stdout.write(`\nRESULT ${JSON.stringify({ responses, loadMs })}\n`);
}

void run();

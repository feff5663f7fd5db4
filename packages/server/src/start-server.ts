import type { Config, Credentials, Logger, RedirectPlace } from '@vodstack/platform';
import { listenOrExplain } from '@vodstack/platform';
import { type Addresses, toAddresses } from './addresses.ts';
import { createApp } from './app.ts';
import { buildParts, type Parts } from './parts.ts';
import { deployReceiver, pointCallbackAtReceiver, testAddress } from './receiver/deploy-receiver.ts';
import { startRedirect } from './redirect/start-redirect.ts';
import { createStopStack } from './stop-stack.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Told what is being done, in words for people, while the server starts. */
  readonly onProgress?: (step: string) => void;
  /** Aborting gives the start up at its next step; what was started is stopped again, and the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  readonly clock?: () => Date;
}

export interface RunningServer {
  readonly addresses: Addresses;
  readonly credentials: Credentials;
  /** Where programs that mean the cloud are led. */
  readonly redirect: RedirectPlace;
  /** The receiver's service address. */
  readonly receiverAddress: string;
  /** False when somebody has set the callback URL to something else. */
  readonly isCallbackSet: boolean;
  /** False when the receiver did not answer the test call. */
  readonly isReceiverUp: boolean;
  /** How the database and ffmpeg are run, one sentence each. */
  readonly description: Parts['description'];
  /** Finishes what is being answered, gives unfinished work back to the queue, and stops. Concurrent callers share one stop. */
  stop(): Promise<void>;
}

/**
 * Starts the whole stack. What was started is stopped again when something fails.
 * @throws StartupError with one sentence for the owner, when it is something that the owner can mend
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, logger, signal, clock = () => new Date() } = options;
  const onProgress = (step: string): void => {
    signal?.throwIfAborted();
    options.onProgress?.(step);
  };
  const stack = createStopStack();
  const place: { addresses: Addresses; redirect?: RedirectPlace } = {
    addresses: toAddresses(config, config.port),
  };
  try {
    const parts = await buildParts({
      config,
      logger,
      clock,
      onProgress,
      stack,
      addresses: () => place.addresses,
      redirect: () => place.redirect,
    });
    const app = await createApp(parts);
    stack.push('http', () => app.close());
    const { port } = await listenOrExplain(app, { host: config.host, port: config.port });
    place.addresses = toAddresses(config, port);
    const redirect = await startRedirect({
      config,
      logger,
      clock,
      app,
      address: new URL(place.addresses.ownUrl).hostname.replace(/^\[|\]$/g, ''),
      httpPort: port,
      onStop: (name, stop) => stack.push(name, stop),
    });
    place.redirect = redirect;
    const receiver = await startParts(parts, place.addresses, onProgress);
    signal?.throwIfAborted();
    return {
      ...receiver,
      redirect,
      addresses: place.addresses,
      credentials: parts.credentials,
      description: parts.description,
      stop: () => stack.run(logger),
    };
  } catch (error) {
    await stack.run(logger);
    throw error;
  }
}

async function startParts(
  parts: Parts,
  addresses: Addresses,
  onProgress: (step: string) => void,
): Promise<Pick<RunningServer, 'receiverAddress' | 'isCallbackSet' | 'isReceiverUp'>> {
  const { functions, gateway, vod, live, credentials, health, stack } = parts;
  stack.push('live stream', () => live.stop());
  await live.start();
  onProgress('Deploying the event receiver');
  const receiverAddress = await deployReceiver({
    functions,
    gateway,
    vod,
    addresses,
    key: credentials,
    recordToken: parts.recordToken,
  });
  parts.receiver.address = receiverAddress;
  const isCallbackSet = await pointCallbackAtReceiver(vod, receiverAddress);
  const isReceiverUp = await testAddress(receiverAddress);
  // Events and tasks that an earlier run left are taken up only now that their receiver is there.
  stack.push('video on demand', () => vod.stop());
  await vod.start();
  health.pending.delete('start');
  return { receiverAddress, isCallbackSet, isReceiverUp };
}

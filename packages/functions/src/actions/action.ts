import { z } from 'zod';
import type { Logger } from '@vodstack/platform';
import type { AsyncQueue } from '../async/async-queue.ts';
import type { AsyncStore } from '../async/async-store.ts';
import type { CodeDownloads } from '../code-downloads.ts';
import type { Deployer } from '../deployer.ts';
import type { DeployedFunction, FunctionKey, FunctionStore } from '../function-store.ts';
import type { GatewayPort } from '../gateway-port.ts';
import type { InvocationStore } from '../invocation-store.ts';
import type { InvokeRequest, InvokeResult, InvokeTarget, LaterRequest } from '../invoker.ts';
import type { Isolation } from '../runtime/function-process.ts';
import type { NamespaceStore } from '../namespace-store.ts';
import type { TimerScheduler } from '../triggers/timer-scheduler.ts';
import type { TriggerStore } from '../triggers/trigger-store.ts';
import type { AliasStore } from '../versions/alias-store.ts';
import type { Resolver } from '../versions/resolver.ts';
import type { VersionStore } from '../versions/version-store.ts';
import type { FunctionActionName } from './action-names.ts';

/** What an action may use. */
export interface ActionContext {
  readonly functions: FunctionStore;
  readonly versions: VersionStore;
  readonly aliases: AliasStore;
  readonly namespaces: NamespaceStore;
  readonly triggers: TriggerStore;
  readonly events: AsyncStore;
  readonly invocations: InvocationStore;
  readonly downloads: CodeDownloads;
  readonly deployer: Deployer;
  readonly resolver: Resolver;
  readonly queue: AsyncQueue;
  readonly timers: TimerScheduler;
  readonly isolation: Isolation;
  readonly gateway: GatewayPort | undefined;
  readonly logger: Logger;
  readonly clock: () => Date;
  readonly appId: string;
  readonly region: string;
  readonly toUrl: (urlId: string) => string;
  readonly origin: () => string;
  readonly invoke: (request: InvokeRequest & InvokeTarget) => Promise<InvokeResult>;
  /** The text of the file that holds the handler, empty when it is too long to be shown. */
  readonly showCode: (fn: DeployedFunction) => Promise<string>;
  /** How long a synchronous call waits for its function. */
  readonly invokeLimitMs: number;
  /** Answers the request id. */
  readonly invokeLater: (request: LaterRequest) => Promise<string>;
  /** With everything that belongs to it. @throws FunctionError ResourceNotFound.Function */
  readonly removeFunction: (key: FunctionKey) => Promise<void>;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

/** One action of the API, version 2018-04-16. The result is the response without RequestId. */
export interface Action {
  readonly name: FunctionActionName;
  /** What of the request this server does not act upon, as paths with dots. Absent: the action is complete. */
  readonly unsupported?: readonly string[];
  /** @throws z.ZodError for parameters of another form; FunctionError */
  run(context: ActionContext, parameters: unknown): Promise<object>;
}

interface ActionDefinition<Shape extends z.ZodRawShape> {
  name: FunctionActionName;
  parameters: Shape;
  unsupported?: readonly string[];
  handle: (context: ActionContext, request: z.infer<z.ZodObject<Shape>>) => Promise<object>;
}

/** Parameters that are not declared are ignored: the official deploy tools send some that are in no specification. */
export function defineAction<Shape extends z.ZodRawShape>({
  parameters,
  handle,
  ...rest
}: ActionDefinition<Shape>): Action {
  const schema = z.object(parameters);
  return { ...rest, run: async (context, given) => await handle(context, schema.parse(given)) };
}

import type { Readable } from 'node:stream';
import type { Database, Logger } from '@vodstack/platform';
import type { DeadLetter } from './async/async-store.ts';
import type { CodeFiles } from './code-files.ts';
import type { CodeFileText, CodeView } from './code-view.ts';
import type { FunctionConfig } from './function-config.ts';
import type { DeployedFunction } from './function-store.ts';
import type { GatewayPort } from './gateway-port.ts';
import type { InvocationMetrics, MetricsQuery } from './invocation-metrics.ts';
import type { InvocationRecord, LogQuery } from './invocation-store.ts';
import type { InvokeRequest, InvokeResult, InvokeTarget, LaterRequest } from './invoker.ts';
import type { RuntimeOptions } from './runtime/create-launcher.ts';
import type { Isolation } from './runtime/function-process.ts';
import type { PoolCounts } from './runtime/instance-pool.ts';
import type { FunctionUrl } from './triggers/function-url.ts';
import type { WebAnswer, WebRequest } from './web-invoker.ts';

export interface FunctionServiceOptions extends RuntimeOptions {
  database: Database;
  logger: Logger;
  /** Where the code of the functions lives; made with mode 0700. One server at a time. */
  folder: string;
  clock?: () => Date;
  /** Most instances of one function at once. Default 10. */
  maxInstances?: number;
  /** Most instances of all functions that wait for work. Default 8. */
  maxWarm?: number;
  /** Idle instances end after this time. Default 5 minutes. */
  idleMs?: number;
  /** How long the logs are kept. Default 7 days, as in the cloud. */
  logDays?: number;
  /** How long `stop` waits for running requests. Default 10 s. */
  drainMs?: number;
  /** Between two attempts of an asynchronous call. Default a minute, as in the cloud. */
  asyncRetryDelayMs?: number;
  /** How long Invoke and InvokeFunction wait for a function. Default 300 s, as in the cloud. */
  invokeLimitMs?: number;
  /** Makes the APIs of gateway triggers. Without it such triggers are refused. */
  gateway?: GatewayPort;
  /** Where a function URL answers. Default: the cloud's form, `https://<appid>-<urlid>.<region>.tencentscf.com`. */
  toUrl?: (urlId: string) => string;
  /** Where `openPackage` is served: GetFunctionAddress answers `<origin>/scf/code/<token>`. */
  origin?: () => string;
}

export interface DeployRequest extends Omit<FunctionConfig, 'namespace'> {
  /** Default `default`. */
  namespace?: string;
  files: CodeFiles;
}

export interface FunctionInfo extends DeployedFunction {
  /** Processes of this server that run the current version. */
  instances: PoolCounts;
}

/**
 * The function service: deploys Node.js and Python functions, keeps warm processes and runs requests on them with the cloud's
 * limits, errors and logs. The schema `scf` must be migrated before `start`.
 */
export interface FunctionService {
  /** Marks what an earlier run left as running, deletes old logs, cleans the code folder. Idempotent. */
  start(): Promise<void>;
  /** Refuses new requests, waits for running ones up to `drainMs`, then kills. Idempotent. */
  stop(): Promise<void>;
  /**
   * Creates or updates a function; identical code and configuration change nothing and keep the warm instances.
   *
   * @throws FunctionError with the cloud's code when the configuration or the package is not acceptable
   */
  deploy(request: DeployRequest): Promise<{ name: string; version: number }>;
  /** @throws FunctionError ResourceNotFound.Function */
  get(namespace: string, name: string): Promise<FunctionInfo>;
  list(): Promise<FunctionInfo[]>;
  /** Its logs stay until they are old. @throws FunctionError ResourceNotFound.Function */
  remove(namespace: string, name: string): Promise<void>;
  /**
   * Runs one request. What goes wrong in the function is in the result (statusCode, retMsg), never thrown.
   *
   * @throws FunctionError ResourceNotFound.Function, ResourceNotFound.Qualifier; FailedOperation.FunctionStatusError
   *   before start and after stop, and while the function has no code yet
   */
  invoke(request: InvokeRequest & InvokeTarget): Promise<InvokeResult>;
  /** Sends an HTTP request to a web function. @throws FunctionError as `invoke` */
  send(request: WebRequest & { target: InvokeTarget }): Promise<WebAnswer>;
  /** Puts a call into the queue, in the database, and answers its request id. @throws FunctionError as `invoke` */
  invokeLater(request: LaterRequest): Promise<string>;
  /**
   * One action of the function service's API, version 2018-04-16.
   *
   * @throws FunctionError, or UnknownActionError when there is no such action
   */
  call(action: string, parameters: Record<string, unknown>, signal: AbortSignal): Promise<object>;
  /** The function behind a function URL, disabled ones included. */
  findUrl(urlId: string): Promise<FunctionUrl | undefined>;
  /** The zip file that GetFunctionAddress gave a token for. Undefined when there is no such token, or no more. */
  openPackage(token: string): Promise<Readable | undefined>;
  /** The files of a deployed package. @throws FunctionError as `invoke` */
  listCode(target: InvokeTarget): Promise<CodeView>;
  /** The text of one of them. @throws FunctionError as `invoke`, and InvalidParameterValue.Code when there is no such file */
  readCode(target: InvokeTarget, path: string): Promise<CodeFileText>;
  /** What a function did, step by step, the oldest first. */
  metrics(query: MetricsQuery): Promise<InvocationMetrics[]>;
  /** Asynchronous calls that failed for good, of functions with a dead letter queue. Newest first. */
  deadLetters(limit: number): Promise<DeadLetter[]>;
  /** Newest first. A request that runs has `retCode` 2 and no log yet. */
  logs(query: Omit<LogQuery, 'namespace'> & { namespace?: string }): Promise<InvocationRecord[]>;
  /** What functions are kept in on this machine; undefined before `start`. */
  isolation(): Isolation | undefined;
  /** Deletes what is older than `logDays`; runs at start and hourly by itself. Answers how many requests went. */
  deleteOldLogs(): Promise<number>;
}

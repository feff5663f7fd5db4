import type { FunctionInfo, FunctionService, InvocationRecord } from '@vodstack/functions';
import type { Gateway } from '@vodstack/gateway';

/** A function as the console's list shows it. */
export interface FunctionSummary {
  readonly name: string;
  readonly namespace: string;
  readonly runtime: string;
  readonly handler: string;
  readonly timeoutSec: number;
  readonly memoryMb: number;
  /** URL of its gateway trigger. */
  readonly address: string | null;
  readonly modifiedAt: string;
  readonly status: string;
}

export interface FunctionLogs {
  readonly items: readonly {
    readonly requestId: string;
    readonly startAt: string;
    readonly durationMs: number | null;
    readonly billDurationMs: number | null;
    readonly memUsageBytes: number | null;
    readonly statusCode: number | null;
    /** 0 ok, 1 failed, 2 running, 3 interrupted. */
    readonly retCode: number;
    readonly retMsg: string | null;
    readonly coldStart: boolean;
    readonly log: string | null;
    readonly trigger: string;
    /** The same for the event, its deliveries and the gateway's request. */
    readonly traceId: string | null;
    readonly retryNum: number;
  }[];
  readonly next: string | null;
}

export interface LogsQuery {
  readonly limit: number;
  readonly before?: string | undefined;
  readonly failed: boolean;
  readonly after?: string | undefined;
  readonly requestId?: string | undefined;
  readonly text?: string | undefined;
  readonly qualifier?: string | undefined;
  readonly statusCodes?: readonly number[] | undefined;
}

export interface FunctionViews {
  list(): Promise<FunctionSummary[]>;
  logs(name: string, query: LogsQuery): Promise<FunctionLogs>;
}

/** Functions and their requests as the console shows them. */
export function createFunctionViews(
  functions: FunctionService,
  gateway: Gateway,
  publicUrl: () => string,
): FunctionViews {
  return {
    async list() {
      const [infos, services] = await Promise.all([functions.list(), gateway.list()]);
      const apis = services.flatMap((service) => service.apis);
      return infos.map((info) => {
        const api = apis.find(
          (candidate) =>
            candidate.functionName === info.name && candidate.functionNamespace === info.namespace,
        );
        return toSummary(info, api ? `${publicUrl()}${api.address}` : null);
      });
    },
    async logs(name, { limit, before, after, failed, ...filter }) {
      const info = (await functions.list()).find((candidate) => candidate.name === name);
      if (!info) return { items: [], next: null };
      const records = await functions.logs({
        namespace: info.namespace,
        name,
        limit,
        onlyFailed: failed,
        ...filter,
        before: toDate(before),
        after: toDate(after),
      });
      const last = records.length === limit ? records.at(-1) : undefined;
      return { items: records.map(toLogItem), next: last ? last.startAt.toISOString() : null };
    },
  };
}

function toSummary(info: FunctionInfo, address: string | null): FunctionSummary {
  return {
    name: info.name,
    namespace: info.namespace,
    runtime: info.runtime,
    handler: info.handler,
    timeoutSec: info.timeoutSec,
    memoryMb: info.memoryMb,
    address,
    modifiedAt: info.modifiedAt.toISOString(),
    status: info.status,
  };
}

function toLogItem(record: InvocationRecord): FunctionLogs['items'][number] {
  return {
    requestId: record.requestId,
    startAt: record.startAt.toISOString(),
    durationMs: record.durationMs,
    billDurationMs: record.billDurationMs,
    memUsageBytes: record.memUsageBytes,
    statusCode: record.statusCode,
    retCode: record.retCode,
    retMsg: record.retMsg,
    coldStart: record.coldStart,
    log: record.log,
    trigger: record.trigger,
    traceId: record.traceId,
    retryNum: record.retryNum,
  };
}

function toDate(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text);
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}

import type {
  CodeFileText,
  CodeView,
  FunctionInfo,
  FunctionService,
  InvocationMetrics,
  InvocationRecord,
} from '@vodstack/functions';
import type { Gateway } from '@vodstack/gateway';
import { withApiErrors } from '../cloud-api/function-actions.ts';

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
  /** `Event` or `HTTP`. */
  readonly type: string;
  readonly codeBytes: number;
  /** Processes of this server. */
  readonly instances: { readonly starting: number; readonly idle: number; readonly busy: number };
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

/** One of a function's steps of work. */
export type MetricsView = Omit<InvocationMetrics, 'at'> & { readonly at: string };

/** Whom a view is of; without a namespace the first function of that name. */
export interface FunctionName {
  readonly name: string;
  readonly namespace?: string | undefined;
}

export interface CodeTarget extends FunctionName {
  readonly qualifier?: string | undefined;
}

export interface LogsQuery {
  readonly limit: number;
  readonly before?: string | undefined;
  readonly failed: boolean;
  readonly succeeded?: boolean | undefined;
  readonly after?: string | undefined;
  readonly requestId?: string | undefined;
  readonly text?: string | undefined;
  readonly qualifier?: string | undefined;
  readonly statusCodes?: readonly number[] | undefined;
}

export interface FunctionViews {
  list(): Promise<FunctionSummary[]>;
  logs(fn: FunctionName, query: LogsQuery): Promise<FunctionLogs>;
  /** Of the last so many hours. */
  metrics(fn: FunctionName, hours: number): Promise<MetricsView[]>;
  /** @throws ApiError for a function or a version that there is not */
  code(target: CodeTarget): Promise<CodeView>;
  /** @throws ApiError as `code`, and for a file that is not in the package */
  codeFile(target: CodeTarget, path: string): Promise<CodeFileText>;
}

/** Functions and their requests as the console shows them. */
export function createFunctionViews(
  functions: FunctionService,
  gateway: Gateway,
  publicUrl: () => string,
): FunctionViews {
  async function findNamespace({ name, namespace }: FunctionName): Promise<string | undefined> {
    return namespace ?? (await functions.list()).find((candidate) => candidate.name === name)?.namespace;
  }
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
    async logs(fn, { limit, before, after, failed, succeeded, ...filter }) {
      const namespace = await findNamespace(fn);
      if (namespace === undefined) return { items: [], next: null };
      const records = await functions.logs({
        namespace,
        name: fn.name,
        limit,
        onlyFailed: failed,
        onlySucceeded: succeeded,
        ...filter,
        before: toDate(before),
        after: toDate(after),
      });
      const last = records.length === limit ? records.at(-1) : undefined;
      return { items: records.map(toLogItem), next: last ? last.startAt.toISOString() : null };
    },
    async metrics(fn, hours) {
      const namespace = (await findNamespace(fn)) ?? '';
      const steps = await functions.metrics({ namespace, name: fn.name, hours, stepMinutes: toStep(hours) });
      return steps.map((step) => ({ ...step, at: step.at.toISOString() }));
    },
    code: (target) => withApiErrors(() => functions.listCode(toTarget(target))),
    codeFile: (target, path) => withApiErrors(() => functions.readCode(toTarget(target), path)),
  };
}

/** Some thirty bars, whatever the time they stand for. */
function toStep(hours: number): number {
  if (hours <= 1) return 2;
  return hours <= 24 ? 60 : 360;
}

function toTarget({ name, namespace, qualifier }: CodeTarget): {
  name: string;
  namespace?: string;
  qualifier?: string;
} {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(qualifier === undefined ? {} : { qualifier }),
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
    type: info.details.type ?? 'Event',
    codeBytes: info.codeBytes,
    instances: info.instances,
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

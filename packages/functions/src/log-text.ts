import { TAIL_LOG_BYTES, MAX_LINE_CHARS } from './limits.ts';
import { toAnswer, toLoggedError, type Outcome, type OutcomeContext } from './outcome.ts';

export interface InitReport {
  /** From the start of the process until it could load the function. */
  runtimeMs: number;
  /** Loading the function's module. */
  functionMs: number;
  memUsageBytes: number;
}

/** Everything that the log of one request is made of. */
export interface RequestReport extends OutcomeContext {
  outcome: Outcome;
  durationMs: number;
  memUsageBytes: number;
  /** Present on a cold start. */
  init?: InitReport | undefined;
  /** What the function wrote, without line ends. */
  lines: readonly string[];
}

/** The form that is stored and that the log page shows: no space after the colon, results and errors in it. */
export function toStoredLog(report: RequestReport): string {
  const { requestId, init } = report;
  const error = toLoggedError(report.outcome, report);
  return toText([
    `START RequestId:${requestId}`,
    ...(init ? [toInitLine(report, init)] : []),
    ...report.lines,
    ...(error === undefined ? [] : [`ERROR RequestId:${requestId} Result:${error}`]),
    cutLine(`Response RequestId:${requestId} RetMsg:${toAnswer(report.outcome, report).retMsg}`),
    `END RequestId:${requestId}`,
    `Report RequestId:${requestId} ${toUsage(report, 6)}`,
  ]);
}

/** The form that `LogType=Tail` answers: a space after the colon; the last 4 KB of it. */
export function toTailLog(report: RequestReport): string {
  const { requestId } = report;
  const text = toText([
    `START RequestId: ${requestId}`,
    `Event RequestId: ${requestId}`,
    ...report.lines,
    `END RequestId: ${requestId}`,
    `Report RequestId: ${requestId} ${toUsage(report, 4)}`,
  ]);
  return lastBytes(text, TAIL_LOG_BYTES);
}

/** PostgreSQL's text holds no NUL. */
const toText = (lines: readonly string[]): string => `${lines.join('\n')}\n`.replaceAll('\0', '\uFFFD');

export function cutLine(line: string): string {
  return line.length > MAX_LINE_CHARS ? line.slice(0, MAX_LINE_CHARS) : line;
}

function toInitLine({ requestId, memoryMb }: RequestReport, init: InitReport): string {
  const [runtimeMs, functionMs] = [Math.round(init.runtimeMs), Math.round(init.functionMs)];
  const phases = `(PullCode: 0ms InitRuntime: ${runtimeMs}ms InitFunction: ${functionMs}ms)`;
  const memory = `Memory: ${memoryMb}MB MemUsage: ${toMegabytes(init.memUsageBytes).toFixed(2)}MB`;
  return `Init Report RequestId: ${requestId} Coldstart: ${runtimeMs + functionMs}ms ${phases} ${memory}`;
}

function toUsage({ durationMs, memoryMb, memUsageBytes }: RequestReport, digits: number): string {
  const memUsage = toMegabytes(memUsageBytes).toFixed(digits);
  return `Duration:${toBillDurationMs(durationMs)}ms Memory:${memoryMb}MB MemUsage:${memUsage}MB`;
}

/** Billed in started milliseconds. */
export const toBillDurationMs = (durationMs: number): number => Math.ceil(durationMs);

const toMegabytes = (bytes: number): number => bytes / (1024 * 1024);

function lastBytes(text: string, count: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= count) return text;
  let start = bytes.length - count;
  // Never start inside a character: 10xxxxxx continues one in UTF-8.
  while (((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.toString('utf8', start);
}

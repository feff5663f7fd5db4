import type { BenchResult } from './bench-result.ts';
import { fillLibrary } from './fill-library.ts';
import { type Stack, startQuietStack } from '../tests/support/stack.ts';

const DEFAULT_MEDIA = 1_000_000;
const CALLS = 100;

type Request = Parameters<Stack['client']['SearchMedia']>[0];

const queries: Readonly<Record<string, (call: number) => Request>> = {
  newest: () => ({}),
  oldest: () => ({ Sort: { Field: 'CreateTime', Order: 'Asc' } }),
  lastPage: () => ({ Offset: 4990, Limit: 10 }),
  nameRare: (call) => ({ Names: [`第${call * 7919 + 3}集`] }),
  nameFrequent: () => ({ Names: ['Holiday'] }),
  nameOften: () => ({ Names: ['Chen'] }),
  nameOneCharacter: () => ({ Names: ['新'] }),
  namePrefix: (call) => ({ NamePrefixes: [`Lesson ${call % 400}`] }),
  description: (call) => ({ Descriptions: [`in ${call} by`] }),
  tagFrequent: () => ({ Tags: ['common'] }),
  tagOften: () => ({ Tags: ['medium'] }),
  tagRare: () => ({ Tags: ['rare'] }),
  class: (call) => ({ ClassIds: [call] }),
  type: () => ({ MediaTypes: ['mov'] }),
  sourceOften: () => ({ SourceTypes: ['ServerUpload'] }),
  categoryRare: () => ({ Categories: ['Audio'] }),
  statusRare: () => ({ Status: ['Forbidden'] }),
  expiring: () => ({ ExpireTime: { After: '2035-06-01T00:00:00Z', Before: '2035-07-01T00:00:00Z' } }),
  month: (call) => ({
    CreateTime: {
      After: `2025-0${1 + (call % 9)}-01T00:00:00Z`,
      Before: `2025-0${1 + (call % 9)}-28T00:00:00Z`,
    },
  }),
  several: (call) => ({ Names: ['Holiday'], Tags: ['common'], MediaTypes: ['mov'], Offset: call }),
};

/**
 * SearchMedia over a million media through the official client: median and 99th percentile of each kind of query in ms, and their
 * ratio to reading one media by its id in the same run.
 */
export async function search([count = DEFAULT_MEDIA]: readonly (string | number)[]): Promise<BenchResult> {
  const media = Number(count);
  const stack = await startQuietStack();
  try {
    const began = performance.now();
    await fillLibrary(stack, media);
    const fillSec = Math.round((performance.now() - began) / 1000);
    const result = await measureAll(stack, media);
    return { ...result, figures: { fillSec, ...result.figures } };
  } finally {
    await stack.stop();
  }
}

async function measureAll({ client }: Stack, media: number): Promise<BenchResult> {
  const firstId = 5_285_000_000_000_000_001n;
  const one = await measure((call) =>
    client.DescribeMediaInfos({ FileIds: [String(firstId + BigInt(call))] }),
  );
  const figures: Record<string, number> = { media, byIdP50Ms: one.p50Ms, byIdP99Ms: one.p99Ms };
  const ratios: Record<string, number> = {};
  for (const [kind, toRequest] of Object.entries(queries)) {
    const times = await measure((call) => client.SearchMedia(toRequest(call)));
    figures[`${kind}P50Ms`] = times.p50Ms;
    figures[`${kind}P99Ms`] = times.p99Ms;
    ratios[`${kind}ToById`] = round(times.p99Ms / one.p99Ms);
  }
  return { figures, ratios };
}

async function measure(call: (index: number) => Promise<unknown>): Promise<{ p50Ms: number; p99Ms: number }> {
  for (let index = 0; index < 20; index++) await call(index);
  const times: number[] = [];
  for (let index = 0; index < CALLS; index++) {
    const began = performance.now();
    await call(index);
    times.push(performance.now() - began);
  }
  const sorted = times.toSorted((a, b) => a - b);
  return { p50Ms: round(sorted[CALLS / 2] ?? 0), p99Ms: round(sorted[CALLS - 2] ?? 0) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

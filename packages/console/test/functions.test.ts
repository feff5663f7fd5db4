import { describe, expect, it } from 'vitest';

import { addressOf, parseSettings } from '../src/features/functions/addresses.ts';
import { fieldOfError, toChanges, toDraft } from '../src/features/functions/configuration-draft.ts';
import { findHandlerFile } from '../src/features/functions/function-code.tsx';
import { findNamespace, functionDetail } from '../src/features/functions/function-types.ts';
import { isFiltered, parseLogFilter, toLogQuery } from '../src/features/functions/log-filter.ts';
import { findJsonProblem, gatewayEvent } from '../src/features/functions/sample-events.ts';
import { newTriggerDraft, toTriggerRequest } from '../src/features/functions/trigger-draft.ts';

describe('the filter of the log page', () => {
  it('takes from an address only what it knows', () => {
    const search = { outcome: 'nonsense', since: 'hour', until: 'never', text: '', version: 3, more: 1 };
    expect(parseLogFilter(search)).toEqual({ since: 'hour', version: '3' });
    expect(parseLogFilter({ outcome: 'constructor' })).toEqual({});
  });

  it('counts back from now, or from where the list stands still', () => {
    const now = new Date('2026-01-02T12:00:00Z');
    expect(toLogQuery({ since: 'hour' }, now).get('after')).toBe('2026-01-02T11:00:00.000Z');
    const paused = toLogQuery({ since: 'hour', until: '2026-01-01T12:00:00Z' }, now);
    expect([paused.get('after'), paused.get('before')]).toEqual([
      '2026-01-01T11:00:00.000Z',
      '2026-01-01T12:00:00Z',
    ]);
  });

  it('asks by the cloud’s status codes', () => {
    expect(toLogQuery({ outcome: 'timeout', id: 'x' }, new Date()).toString()).toBe(
      'statusCodes=433&requestId=x',
    );
  });

  it('does not call a standstill a filter', () => {
    expect([isFiltered({ until: '2026-01-01' }), isFiltered({ text: 'x' }), isFiltered({})]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe('the configuration', () => {
  const saved = toDraft(
    functionDetail(
      {
        FunctionName: 'f',
        Namespace: 'default',
        Runtime: 'Nodejs18.15',
        MemorySize: 128,
        Timeout: 3,
        Status: 'Active',
        Environment: {
          Variables: [
            { Key: 'A', Value: '1' },
            { Key: 'VODSTACK_NETWORK', Value: 'none' },
          ],
        },
      },
      'GetFunction',
    ),
  );

  it('keeps the network apart from the variables', () => {
    expect({ network: saved.network, variables: saved.variables }).toEqual({
      network: 'none',
      variables: [{ Key: 'A', Value: '1' }],
    });
  });

  it('sends only what differs, and clears the variables as the official tools do', () => {
    expect(toChanges(saved, saved)).toEqual({});
    expect(toChanges(saved, { ...saved, Timeout: 9 })).toEqual({ Timeout: 9 });
    expect(toChanges(saved, { ...saved, network: '', variables: [] })).toEqual({
      Environment: { Variables: [{ Key: '', Value: '' }] },
    });
  });

  it.each([
    ['LimitExceeded.Timeout', 'Timeout'],
    ['LimitExceeded.InitTimeout', 'InitTimeout'],
    ['InvalidParameterValue.Memory', 'MemorySize'],
    ['InvalidParameterValue.EnvironmentSystemProtect', 'variables'],
    ['ResourceNotFound.Function', undefined],
    [null, undefined],
  ])('finds the field that %s is about: %s', (code, field) => {
    expect(fieldOfError(code)).toBe(field);
  });
});

describe('a function’s code', () => {
  const files = ['a.js', 'index.js', 'index.json', 'lib/index.js'].map((path) => ({ path }));

  it('is opened at the handler, at the bootstrap of a web function, or at the first file', () => {
    expect(findHandlerFile(files, 'index.main_handler')).toBe('index.js');
    expect(findHandlerFile([{ path: 'app.js' }, { path: 'scf_bootstrap' }], '')).toBe('scf_bootstrap');
    expect(findHandlerFile(files, 'gone.main')).toBe('a.js');
    expect(findHandlerFile([], 'index.main')).toBeUndefined();
  });
});

describe('a function without a namespace in its address', () => {
  it('is the one of the default namespace, else the first of that name', () => {
    expect(findNamespace([functionAt('vod_demo'), functionAt('default')], 'f')).toBe('default');
    expect(
      findNamespace([functionAt('default', 'g'), functionAt('vod_demo'), functionAt('other')], 'f'),
    ).toBe('vod_demo');
    expect(findNamespace([], 'f')).toBe('default');
  });
});

describe('triggers', () => {
  it('tell their addresses, and nothing when their description is none', () => {
    const trigger = {
      ...parsedTrigger,
      Type: 'http',
      TriggerDesc: '{"NetConfig":{"ExtranetUrl":"http://x"}}',
    };
    expect(addressOf(trigger)).toBe('http://x');
    expect(addressOf({ ...trigger, TriggerDesc: 'not json' })).toBeUndefined();
    expect(parseSettings('[1]')).toEqual({});
  });

  it('are asked for in the words of CreateTrigger', () => {
    const draft = { ...newTriggerDraft('f'), type: 'timer' as const, cron: '0 0 0 * * * *', message: 'm' };
    expect(toTriggerRequest(draft)).toEqual({
      Type: 'timer',
      TriggerName: 'f-trigger',
      Qualifier: '$LATEST',
      Enable: 'OPEN',
      TriggerDesc: '{"cron":"0 0 0 * * * *"}',
      CustomArgument: 'm',
    });
  });
});

const functionAt = (namespace: string, name = 'f') => ({ namespace, name });

const parsedTrigger = {
  TriggerName: 't',
  Type: 'timer',
  TriggerDesc: '',
  Qualifier: '$LATEST',
  Enable: 1,
  CustomArgument: '',
  Description: '',
  ResourceId: '',
  ModTime: '',
};

describe('test events', () => {
  it('have no body when a GET has none', () => {
    expect(Object.keys(gatewayEvent({ method: 'GET', path: '/x' }))).not.toContain('body');
    expect(gatewayEvent({ method: 'POST', path: '/x', body: '{}' })).toMatchObject({ body: '{}' });
  });

  it('say what keeps them from being JSON', () => {
    expect(findJsonProblem('{}')).toBeUndefined();
    expect(findJsonProblem('{')).toMatch(/JSON/);
  });
});

import { describe, expect, it } from 'vitest';
import { toCloudTriggers } from '../../src/deploy/manifest-triggers.ts';
import { parseEnvFile } from '../../src/deploy/manifest-variables.ts';
import type { ReadPlan } from '../../src/deploy/plan.ts';
import { parseManifest } from '../../src/deploy/read-manifest.ts';

function parse(text: string, env: Record<string, string> = {}, stage?: string): ReadPlan {
  return parseManifest({ path: 'serverless.yml', text }, '/project', { env, stage });
}

/** As the public demo has it. */
const DEMO = `
component: scf
name: callback
org: demo
app: vod
stage: dev
inputs:
  name: callback
  src: ./
  handler: index.main_handler
  runtime: Python3.6
  namespace: default
  region: ap-guangzhou
  memorySize: 128
  timeout: 5
  events:
    - apigw:
        parameters:
          serviceName: serverless
          protocols:
            - http
            - https
          environment: release
          endpoints:
            - path: /
              method: POST
              enableCORS: true
              function:
                isIntegratedResponse: true
                functionQualifier: $DEFAULT
`;

describe('a serverless.yml', () => {
  it('of the public demo is read whole', () => {
    const { plan, source, notes } = parse(DEMO);
    expect(plan).toMatchObject({
      name: 'callback',
      namespace: 'default',
      type: 'Event',
      handler: 'index.main_handler',
      runtime: 'Python3.6',
      memoryMb: 128,
      timeoutSec: 5,
      environment: {},
    });
    expect(source).toEqual({ kind: 'folder', folder: '/project', exclude: [] });
    expect(notes).toEqual([]);
    expect(plan.triggers).toEqual([
      {
        name: 'serverless',
        type: 'apigw',
        qualifier: '$DEFAULT',
        isEnabled: true,
        desc: {
          api: {
            authRequired: 'FALSE',
            requestConfig: { method: 'POST', path: '/' },
            isIntegratedResponse: 'TRUE',
            isBase64Encoded: 'FALSE',
            enableCORS: 'TRUE',
          },
          service: { serviceName: 'serverless', protocols: ['http', 'https'] },
          release: { environmentName: 'release' },
        },
      },
    ]);
  });

  it('without inputs gets the documented defaults and a name of name, stage and app', () => {
    const { plan } = parse('component: scf\nname: hook\napp: shop\n', {}, 'prod');
    expect(plan).toMatchObject({
      name: 'hook-prod-shop',
      namespace: 'default',
      runtime: 'Nodejs10.15',
      memoryMb: 128,
      timeoutSec: 3,
      triggers: [],
    });
  });

  it('takes variables from the environment and from its own top', () => {
    const text =
      'component: scf\napp: a\nname: n\ninputs:\n  name: ${name}-${stage}\n  environment:\n    variables:\n      KEY: ${env:SECRET}\n      N: 5\n';
    const { plan } = parse(text, { SECRET: 'a$1${x}' });
    expect(plan.name).toBe('n-dev');
    expect(plan.environment).toEqual({ KEY: 'a$1${x}', N: '5' });
    expect(() => parse(text)).toThrow(/uses \$\{env:SECRET\}, which is not set/);
  });

  it('may have a function URL and a timer, and says what it leaves out', () => {
    const text =
      'component: scf\ninputs:\n  vpcConfig: {vpcId: x}\n  src: {src: code, exclude: [tmp/**]}\n  events:\n    - http:\n        parameters:\n          authType: CAM\n          corsConfig: {enable: true, origins: "https://a.example, https://b.example"}\n    - timer: {parameters: {name: every, cronExpression: "0 */5 * * * * *", argument: hi, enable: false}}\n    - cos: {parameters: {}}\n';
    const { plan, source, notes } = parse(text);
    expect(source).toEqual({ kind: 'folder', folder: '/project/code', exclude: ['tmp/**'] });
    expect(plan.triggers).toEqual([
      expect.objectContaining({
        type: 'http',
        desc: {
          AuthType: 'CAM',
          NetConfig: { EnableIntranet: false, EnableExtranet: true },
          CorsConfig: { Enable: true, Origins: ['https://a.example', 'https://b.example'] },
        },
      }),
      {
        name: 'every',
        type: 'timer',
        qualifier: '$DEFAULT',
        isEnabled: false,
        desc: '0 */5 * * * * *',
        argument: 'hi',
      },
    ]);
    expect(notes).toEqual([
      'inputs.vpcConfig has no effect here.',
      'Triggers of the kind "cos" cannot be had here: left out.',
    ]);
  });

  it.each([
    ['no YAML', 'a: [', /is not YAML/],
    ['a list', '- a', /must hold keys and values/],
    ['another component', 'component: website', /component/],
    ['a number for a list', 'component: scf\ninputs: {events: 5}', /events/],
    ['a bucket', 'component: scf\ninputs: {src: {bucket: b, object: o}}', /names a bucket/],
    [
      'aliases that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)
        .join('\n')}\ncomponent: scf`,
      /is not YAML/,
    ],
  ])('that is %s is refused with a reason', (_, text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });
});

describe('the real cloud', () => {
  it('gets a function URL instead of a gateway trigger, once', () => {
    const { triggers, notes } = toCloudTriggers(parse(DEMO).plan.triggers);
    expect(triggers).toEqual([
      expect.objectContaining({
        type: 'http',
        qualifier: '$DEFAULT',
        desc: expect.objectContaining({ AuthType: 'NONE' }),
      }),
    ]);
    expect(notes).toHaveLength(1);
    expect(toCloudTriggers(triggers)).toEqual({ triggers, notes: [] });
  });
});

describe('a .env file', () => {
  it('has names and values, quoted or not', () => {
    expect(parseEnvFile('\nTENCENT_APP_ID=1\nexport B="x y"\n# C=1\nD=\n E = \'q\'\nnonsense\n')).toEqual({
      TENCENT_APP_ID: '1',
      B: 'x y',
      D: '',
      E: 'q',
    });
  });
});

import { expect, it } from 'vitest';
import { webhookHeaders } from '../src/index.ts';

/** The published example of the specification. */
const MESSAGE = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestampSec: 1_614_265_330,
  body: '{"test": 2432232314}',
};
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

it('signs a message as the specification does', () => {
  expect(webhookHeaders(MESSAGE, [SECRET])).toEqual({
    'webhook-id': MESSAGE.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': SIGNATURE,
  });
});

it('gives one signature for each secret, and another for every change of the body', () => {
  const other = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  const [first, second] = (webhookHeaders(MESSAGE, [SECRET, other])['webhook-signature'] ?? '').split(' ');
  expect(first).toBe(SIGNATURE);
  expect(second).toMatch(/^v1,[\w+/]{43}=$/);
  const changed = webhookHeaders({ ...MESSAGE, body: '{"test": 2432232315}' }, [SECRET]);
  expect(changed['webhook-signature']).not.toBe(SIGNATURE);
});

import type { OperatorMessages } from './en-operator.ts';
import { delivery } from './zh-delivery.ts';
import { functions } from './zh-functions.ts';

export const operator: OperatorMessages = { ...delivery, ...functions };

import { delivery } from './en-delivery.ts';
import { functions } from './en-functions.ts';

/** Texts of the pages that are not opened every day: loaded with the first of them. */
export const operator = { ...delivery, ...functions };

export type OperatorMessages = typeof operator;

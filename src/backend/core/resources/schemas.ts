import { z } from 'zod';

/** Bodies with a name in OpenAPI: apart from the answers, since a field may be left out of a body. */
export const bodies = z.registry<{ id: string }>();

/** Ids become parts of Redis keys. */
export const incidentId = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be an incident id: 1 to 64 letters, digits, dots or dashes');
/** As of the contract: any text, since others write events as well. */
export const eventId = z.string().min(1).max(64);
export const containerName = z.string().min(1).max(511);
export const words = z.string().trim().max(1000);

/** A number in a query string. */
export const limit = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);
export const yesNo = z.enum(['true', 'false']).default('false');

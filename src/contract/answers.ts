import { z } from 'zod';

/** What the resources of the data source answer, each schema with its name in OpenAPI. Apart from the schemas, so that several files can add to it. */
export const answers = z.registry<{ id: string }>();

import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import type { CommonSettings } from '../logger';
import { VERSION } from '../version';

/** What stands before the name of an agent in the name of its service. */
export const SERVICE_PREFIX = 'hemostat-';
const ATTR_SERVICE_INSTANCE_ID = 'service.instance.id';

export interface PipelineOptions {
  settings: CommonSettings;
  /** This copy. */
  instance: string;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Where trouble with an address is told, once. */
  tell: (level: 'warn' | 'info', message: string) => void;
}

/** Who tells, in the words of OpenTelemetry. */
export const resourceOf = (service: string, instance: string): Resource =>
  resourceFromAttributes({ [ATTR_SERVICE_NAME]: service, [ATTR_SERVICE_INSTANCE_ID]: instance, [ATTR_SERVICE_VERSION]: VERSION });

import type { Core, Frame } from '../core/types';
import { dataHandlers } from './data';
import { diagnosticsHandlers } from './diagnostics';
import { Instances } from './instances';
import { createCallCounter, type CallCounter } from './metrics';
import { resourceHandlers } from './resource';
import { LiveStreams, streamHandlers } from './stream';
import type { Logger } from './transport/logger';
import type { WireDataSource } from './transport/wire';

/** What the door is made of. */
export interface DoorParts {
  /** @throws DataSourceSettingsError when the settings cannot be used. */
  openCore: (source: WireDataSource) => Core;
  /** A frame as an Arrow file. */
  encodeArrow: (frame: Frame) => Promise<Uint8Array>;
  /** One half of a frame as Grafana's live channels take it. */
  frameToJson: (frame: Frame, include: 'schema' | 'data') => object;
}

/** What every service of the door stands on. */
export interface Door extends Omit<DoorParts, 'openCore'> {
  instances: Instances;
  logger: Logger;
  counter: CallCounter;
}

/** The services of Grafana's protocol, for one process. */
export interface DoorServices {
  data: ReturnType<typeof dataHandlers>;
  resource: ReturnType<typeof resourceHandlers>;
  diagnostics: ReturnType<typeof diagnosticsHandlers>;
  stream: ReturnType<typeof streamHandlers>;
  /** Ends live channels and closes every connection. */
  close(): Promise<void>;
}

export function createDoor({ openCore, encodeArrow, frameToJson }: DoorParts, logger: Logger): DoorServices {
  const streams = new LiveStreams();
  const instances = new Instances({ open: openCore, logger });
  const counter = createCallCounter({ instances: () => instances.size, liveStreams: () => streams.size });
  const door: Door = { encodeArrow, frameToJson, instances, logger, counter };
  return {
    data: dataHandlers(door),
    resource: resourceHandlers(door),
    diagnostics: diagnosticsHandlers(door),
    stream: streamHandlers(door, streams),
    close: async () => {
      streams.endAll();
      await instances.close();
    },
  };
}

import { choice } from './define';

/** What `npm start` reads besides the settings of the agents. */
export const startSettings = {
  demo: choice('HEMOSTAT_DEMO', ['auto', 'on', 'off'] as const, 'auto', 'The demo fleet of npm start: auto starts it when no Docker engine answers, on always, off never.'),
};

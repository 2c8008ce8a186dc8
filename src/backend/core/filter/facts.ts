/** What rows of every kind can be narrowed by. An empty text means that it is not known. */
export interface Facts {
  type: string;
  container: string;
  host: string;
  project: string;
  severity: string;
  /** All words that say how it stands: state, result, verdict. */
  status: readonly string[];
  action: string;
  agent: string;
  incident: string;
  /** As a person reads it. */
  text: () => string;
  /** More that ad-hoc filters may name. */
  more?: Readonly<Record<string, string | number | boolean | null | undefined>>;
}

export const NO_FACTS: Facts = { type: '', container: '', host: '', project: '', severity: '', status: [], action: '', agent: '', incident: '', text: () => '' };

/** Keys of ad-hoc filters that every kind knows, with other names for the same. */
export const FACT_KEYS: Readonly<Record<string, keyof Omit<Facts, 'more'>>> = {
  type: 'type',
  event_type: 'type',
  container: 'container',
  host: 'host',
  project: 'project',
  severity: 'severity',
  status: 'status',
  state: 'status',
  result: 'status',
  verdict: 'status',
  action: 'action',
  agent: 'agent',
  incident: 'incident',
  incident_id: 'incident',
  text: 'text',
  body: 'text',
};

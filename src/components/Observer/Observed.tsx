import { Button } from '@grafana/ui';
import React from 'react';
import type { Resource } from '../../hooks/useResource';
import { CommandLine } from '../FirstRun/FirstRun';
import { Empty } from '../State/Empty';
import { Ready, type ReadyProps } from '../State/Ready';
import { t } from '../text';

/** What the server says until the observer has looked for the first time, word for word (R485). */
const NOT_INITIALIZED = 'Dashboard not initialized';

/** True as long as no observer has looked. */
const isUnobserved = ({ value, failure }: Pick<Resource<unknown>, 'value' | 'failure'>): boolean => value === undefined && failure?.message === NOT_INITIALIZED;

/** The states of what the observer sees: those of every reading, and that no observer has looked yet. */
export function Observed<T>({ of, children }: ReadyProps<T>) {
  if (!isUnobserved(of)) {
    return <Ready of={of}>{children}</Ready>;
  }
  return (
    <Empty title={t('observer.none', 'No observer has looked at HemoStat yet')}>
      <p>{t('observer.none-why', 'The observer looks at every part of HemoStat each few seconds, and tells here what it sees. Start it, or everything:')}</p>
      <p>
        <CommandLine command="npx hemostat agent observer" />
      </p>
      <p>
        <CommandLine command="npm start" />
      </p>
      <Button size="sm" variant="secondary" icon="sync" onClick={of.reload}>
        {t('state.retry', 'Try again')}
      </Button>
    </Empty>
  );
}

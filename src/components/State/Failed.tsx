import { t } from '../text';
import { Alert, Button, LinkButton, Stack } from '@grafana/ui';
import React from 'react';
import { pagePath } from '../../constants';
import type { Failure } from '../../hooks/failure';
import { testIds } from '../testIds';

export interface FailedProps {
  failure: Failure;
  /** Tries again. */
  retry?: (() => void) | undefined;
  /** Given when an older answer is still shown. */
  stale?: boolean;
}

const titleOf = ({ kind }: Failure, stale: boolean): string => {
  if (kind === 'denied') {
    return t('state.denied', 'You are not allowed to see this');
  }
  if (kind === 'no-source') {
    return t('state.no-source', 'The data source is missing');
  }
  return stale ? t('state.stale', 'This is not up to date: the last refresh failed') : t('state.failed', 'This could not be read');
};

/** What failed, why, what to do, and a way to try again. */
export function Failed({ failure, retry, stale = false }: FailedProps) {
  const denied = failure.kind === 'denied';
  return (
    <Alert severity={denied ? 'info' : stale ? 'warning' : 'error'} title={titleOf(failure, stale)} data-testid={denied ? testIds.state.denied : testIds.state.failed}>
      <Stack direction="column" gap={1} alignItems="flex-start">
        <span>
          {failure.message} {failure.mend}
        </span>
        <Stack direction="row" gap={1}>
          {retry && !denied ? (
            <Button size="sm" variant="secondary" icon="sync" onClick={retry}>
              {t('state.retry', 'Try again')}
            </Button>
          ) : null}
          {failure.kind === 'no-source' ? (
            <LinkButton size="sm" variant="secondary" href={pagePath('configuration')}>
              {t('state.configure', 'Open Configuration')}
            </LinkButton>
          ) : null}
        </Stack>
      </Stack>
    </Alert>
  );
}

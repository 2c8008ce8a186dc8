import { t } from '../text';
import { LoadingPlaceholder } from '@grafana/ui';
import React from 'react';
import { testIds } from '../testIds';

/** Something is read for the first time. */
export const Loading = () => (
  <div role="status" data-testid={testIds.state.loading}>
    <LoadingPlaceholder text={t('state.loading', 'Loading …')} />
  </div>
);

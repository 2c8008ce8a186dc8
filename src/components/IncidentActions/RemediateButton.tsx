import type { ButtonProps } from '@grafana/ui';
import React, { useState } from 'react';
import { RoleButton } from '../RoleButton';
import { testIds } from '../testIds';
import { t } from '../text';
import { RemediateModal } from './RemediateModal';

export interface RemediateButtonProps {
  /** Key of the container: host and name. */
  container: string;
  /** Action that is chosen first. */
  suggested?: string | undefined;
  size?: ButtonProps['size'];
  variant?: ButtonProps['variant'];
}

/** Orders an action on a container by hand, incident or not. */
export function RemediateButton({ container, suggested, size = 'sm', variant = 'secondary' }: RemediateButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <RoleButton needs="Admin" size={size} variant={variant} onClick={() => setOpen(true)} data-testid={testIds.actions.remediate}>
        {t('actions.remediate', 'Remediate now …')}
      </RoleButton>
      {open ? <RemediateModal container={container} suggested={suggested} close={() => setOpen(false)} /> : null}
    </>
  );
}

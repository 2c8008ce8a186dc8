import { Alert, Button, Modal, type ButtonVariant } from '@grafana/ui';
import React, { type ReactNode } from 'react';
import type { Failure } from '../../hooks/failure';
import type { Role } from '../../hooks/useRole';
import { RoleButton } from '../RoleButton';
import { testIds } from '../testIds';
import { t } from '../text';

export interface ActionModalProps {
  title: string;
  close: () => void;
  children: ReactNode;
  failure?: Failure | undefined;
  confirm: { needs: Role; label: string; act: () => void; whyNot?: string | undefined; variant?: ButtonVariant };
  /** Buttons at the left of the row. */
  others?: ReactNode;
}

/** A question before something is done: what exactly, and what went wrong when it was tried. */
export function ActionModal({ title, close, children, failure, confirm, others }: ActionModalProps) {
  return (
    <Modal title={title} isOpen onDismiss={close}>
      {children}
      {failure ? (
        <Alert severity="error" title={failure.message}>
          {failure.mend}
        </Alert>
      ) : null}
      <Modal.ButtonRow leftItems={others}>
        <Button variant="secondary" fill="outline" onClick={close}>
          {t('actions.cancel', 'Cancel')}
        </Button>
        <RoleButton needs={confirm.needs} whyNot={confirm.whyNot} variant={confirm.variant ?? 'primary'} onClick={confirm.act} data-testid={testIds.actions.confirm}>
          {confirm.label}
        </RoleButton>
      </Modal.ButtonRow>
    </Modal>
  );
}

import { Button, type ButtonProps } from '@grafana/ui';
import React from 'react';
import { useRole, type Role } from '../hooks/useRole';

export interface RoleButtonProps extends Pick<ButtonProps, 'size' | 'variant' | 'fill' | 'icon' | 'className'> {
  /** The least role that may do it. */
  needs: Role;
  onClick: () => void;
  /** Another reason why it cannot be done now; the role comes first. */
  whyNot?: string | undefined;
  /** What it does, while it can be done. */
  hint?: string | undefined;
  children: string;
  'data-testid'?: string;
}

/** A button that says on hover and to the keyboard why it is off, in place of not being there. */
export function RoleButton({ needs, whyNot, hint, children, ...button }: RoleButtonProps) {
  const why = useRole().why(needs) ?? whyNot;
  // With a tooltip Grafana's button stays reachable by Tab when it is off.
  return (
    <Button {...button} disabled={why !== undefined} {...(why || hint ? { tooltip: why ?? hint } : {})}>
      {children}
    </Button>
  );
}

import { css } from '@emotion/css';
import { AppEvents, type AppEvent, type GrafanaTheme2 } from '@grafana/data';
import { getAppEvents } from '@grafana/runtime';
import { Alert, Portal, useStyles2, type AlertVariant } from '@grafana/ui';
import React, { useEffect, useState } from 'react';

interface Toast {
  id: number;
  severity: AlertVariant;
  title: string;
  text: string;
}

const KINDS: ReadonlyArray<[AppEvent<unknown>, AlertVariant]> = [
  [AppEvents.alertSuccess, 'success'],
  [AppEvents.alertInfo, 'info'],
  [AppEvents.alertWarning, 'warning'],
  [AppEvents.alertError, 'error'],
];
/** As long as Grafana shows them: an error longer than a word of success. */
const SHOWN_MS: Partial<Record<AlertVariant, number>> = { success: 3000, info: 5000, warning: 5000, error: 7000 };

/** Messages that anything on the page sends: by a click, or because a request failed. */
export function Toasts() {
  const styles = useStyles2(getStyles);
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  useEffect(() => {
    let count = 0;
    const drop = (id: number) => setToasts((before) => before.filter((one) => one.id !== id));
    const show = (severity: AlertVariant, payload: unknown) => {
      const [title = '', text = ''] = Array.isArray(payload) ? (payload as unknown[]).map(String) : [String(payload)];
      count += 1;
      const id = count;
      setToasts((before) => [...before, { id, severity, title, text }]);
      setTimeout(() => drop(id), SHOWN_MS[severity]);
    };
    const bus = getAppEvents();
    const listening = KINDS.map(([{ name }, severity]) => bus.getStream({ type: name } as never).subscribe((event) => show(severity, (event as { payload?: unknown }).payload)));
    return () => listening.forEach((one) => one.unsubscribe());
  }, []);
  return (
    <Portal>
      <div className={styles.toasts} aria-live="polite">
        {toasts.map(({ id, severity, title, text }) => (
          <Alert key={id} severity={severity} title={title} elevated onRemove={() => setToasts((before) => before.filter((one) => one.id !== id))}>
            {text}
          </Alert>
        ))}
      </div>
    </Portal>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  toasts: css({ position: 'fixed', zIndex: theme.zIndex.portal, top: theme.spacing(8), right: theme.spacing(2), width: 400, maxWidth: '90%' }),
});

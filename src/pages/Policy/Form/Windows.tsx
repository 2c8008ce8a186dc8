import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, Checkbox, Field, Input, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { scopeWords } from '../../../components/Maintenance/MaintenanceList';
import { t } from '../../../components/text';
import { maintenanceWindowSchema, type MaintenanceWindow } from '../../../contract/policy';
import { absoluteTime } from '../../../contract/story/time';
import { useTimeRange } from '../../../hooks/useTimeRange';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
type Day = (typeof DAYS)[number];
const dayWords = (): Record<Day, string> => ({
  mon: t('policy.mon', 'Mon'),
  tue: t('policy.tue', 'Tue'),
  wed: t('policy.wed', 'Wed'),
  thu: t('policy.thu', 'Thu'),
  fri: t('policy.fri', 'Fri'),
  sat: t('policy.sat', 'Sat'),
  sun: t('policy.sun', 'Sun'),
});

/** `Sun 02:00 to 03:00, Europe/Zurich`, or from one moment to another. */
function whenWords({ weekly, from = '', to = '' }: MaintenanceWindow, timeZone: string): string {
  return weekly
    ? t('policy.window-weekly', '{{days}} {{from}} to {{to}}, {{zone}}', { days: weekly.days.map((day) => dayWords()[day]).join(' '), from: weekly.from, to: weekly.to, zone: weekly.zone })
    : t('policy.window-once', '{{from}} to {{to}}', { from: absoluteTime(from, timeZone), to: absoluteTime(to, timeZone) });
}

export interface WindowsProps {
  windows: readonly MaintenanceWindow[];
  whyNot: string | undefined;
  change: (windows: MaintenanceWindow[]) => void;
}

/** Maintenance that the policy itself plans: what each window covers, and when. */
export function Windows({ windows, whyNot, change }: WindowsProps) {
  const styles = useStyles2(getStyles);
  const { timeZone } = useTimeRange();
  const [adding, setAdding] = useState(false);
  return (
    <section aria-label={t('policy.windows', 'Planned maintenance')}>
      <h3 className={styles.title}>{t('policy.windows', 'Planned maintenance')}</h3>
      {windows.length === 0 ? <p className={styles.second}>{t('policy.no-windows', 'None is planned. While a window is open, nothing is done to what it covers.')}</p> : null}
      <ul className={styles.list}>
        {windows.map((window, index) => (
          <li key={`${index} ${JSON.stringify(window)}`} className={styles.item}>
            <span>
              <strong>{window.name || scopeWords(window.scope)}</strong> {window.name ? `(${scopeWords(window.scope)})` : ''} {whenWords(window, timeZone)}
            </span>
            {whyNot === undefined ? (
              <Button size="sm" variant="secondary" fill="text" icon="trash-alt" onClick={() => change(windows.filter((_, other) => other !== index))} aria-label={t('policy.window-remove-one', 'Remove {{name}}', { name: window.name || window.scope })}>
                {t('policy.window-remove', 'Remove')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {whyNot === undefined && !adding ? (
        <Button size="sm" variant="secondary" icon="plus" onClick={() => setAdding(true)}>
          {t('policy.window-add', 'Plan a window')}
        </Button>
      ) : null}
      {adding ? (
        <NewWindow
          zone={timeZone}
          cancel={() => setAdding(false)}
          add={(window) => {
            change([...windows, window]);
            setAdding(false);
          }}
        />
      ) : null}
    </section>
  );
}

interface Given {
  name: string;
  scope: string;
  repeats: 'weekly' | 'once';
  days: Day[];
  from: string;
  to: string;
  zone: string;
}

const windowOf = ({ name, scope, repeats, days, from, to, zone }: Given) =>
  maintenanceWindowSchema.safeParse({ name, scope: scope.trim() || 'all', ...(repeats === 'weekly' ? { weekly: { days, from, to, zone } } : { from: from && new Date(from).toISOString(), to: to && new Date(to).toISOString() }) });

function NewWindow({ zone, add, cancel }: { zone: string; add: (window: MaintenanceWindow) => void; cancel: () => void }) {
  const styles = useStyles2(getStyles);
  const [given, setGiven] = useState<Given>({ name: '', scope: 'all', repeats: 'weekly', days: ['sun'], from: '02:00', to: '03:00', zone });
  const set = (change: Partial<Given>) => setGiven((before) => ({ ...before, ...change }));
  const parsed = windowOf(given);
  const weekly = given.repeats === 'weekly';
  const input = (key: 'name' | 'scope' | 'from' | 'to' | 'zone', label: string, type = 'text') => (
    <Field label={label} noMargin>
      <Input id={`hemostat-window-${key}`} type={type} value={given[key]} onChange={(event) => set({ [key]: event.currentTarget.value })} />
    </Field>
  );
  return (
    <div className={styles.editor}>
      {input('name', t('policy.window-name', 'Name'))}
      {input('scope', t('policy.window-scope', 'What: all, project:NAME or container:NAME'))}
      <RadioButtonGroup
        aria-label={t('policy.window-repeats', 'Repeats')}
        options={[
          { value: 'weekly' as const, label: t('policy.window-every-week', 'Every week') },
          { value: 'once' as const, label: t('policy.window-one-time', 'Once') },
        ]}
        value={given.repeats}
        onChange={(repeats) => set({ repeats, from: repeats === 'weekly' ? '02:00' : '', to: repeats === 'weekly' ? '03:00' : '' })}
      />
      {weekly ? (
        <div className={styles.days} role="group" aria-label={t('policy.window-days', 'Days')}>
          {DAYS.map((day) => (
            <Checkbox key={day} label={dayWords()[day]} value={given.days.includes(day)} onChange={() => set({ days: DAYS.filter((one) => given.days.includes(one) !== (one === day)) })} />
          ))}
        </div>
      ) : null}
      {input('from', t('policy.window-from', 'From'), weekly ? 'time' : 'datetime-local')}
      {input('to', t('policy.window-to', 'To'), weekly ? 'time' : 'datetime-local')}
      {weekly ? input('zone', t('policy.window-zone', 'Time zone')) : null}
      {parsed.success ? null : <div className={styles.problem}>{parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; ')}</div>}
      <div className={styles.days}>
        <Button size="sm" disabled={!parsed.success} onClick={() => parsed.success && add(parsed.data)}>
          {t('policy.window-take', 'Add it to the draft')}
        </Button>
        <Button size="sm" variant="secondary" fill="outline" onClick={cancel}>
          {t('policy.cancel', 'Cancel')}
        </Button>
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  title: css({ fontSize: theme.typography.h5.fontSize, margin: theme.spacing(0, 0, 0.5) }),
  second: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  list: css({ listStyle: 'none', margin: 0, padding: 0 }),
  item: css({ display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', gap: theme.spacing(1), padding: theme.spacing(0.5, 0), overflowWrap: 'anywhere' }),
  editor: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), padding: theme.spacing(1), border: `1px solid ${theme.colors.border.medium}`, maxWidth: 480 }),
  days: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1.5) }),
  problem: css({ color: theme.colors.error.text, fontSize: theme.typography.bodySmall.fontSize }),
});

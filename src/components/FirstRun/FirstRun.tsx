import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { ClipboardButton, TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { pagePath } from '../../constants';
import { Mark } from '../Mark';
import { testIds } from '../testIds';
import { t } from '../text';
import type { Tone } from '../tone';
import { stepsOf, type Known, type Step } from './steps';

export interface FirstRunProps extends Known {
  /** True on the page Configuration itself. */
  here?: boolean;
}

const TONES: Record<Step['state'], Tone> = { done: 'well', missing: 'ill', later: 'unknown' };

const stateWords = (state: Step['state']): string => ({ done: t('overview.first.done', 'there'), missing: t('overview.first.missing', 'missing'), later: t('overview.first.later', 'comes after') })[state];

/** A command with a button that copies it. */
export function CommandLine({ command }: { command: string }) {
  const styles = useStyles2(getStyles);
  return (
    <span className={styles.command}>
      <code>{command}</code>
      <ClipboardButton size="sm" variant="secondary" fill="text" icon="copy" getText={() => command} aria-label={t('overview.first.copy', 'Copy {{command}}', { command })} />
    </span>
  );
}

/** What is missing before anything can be shown, and how to get it. */
export function FirstRun({ here = false, ...known }: FirstRunProps) {
  const styles = useStyles2(getStyles);
  const steps = stepsOf(known);
  const title = steps.every(({ state }) => state === 'done') ? t('overview.first.all', 'Everything that HemoStat needs is there') : t('overview.first.title', 'Before HemoStat can heal');
  return (
    <section aria-labelledby="hemostat-first-run" data-testid={testIds.overview.firstRun}>
      <h2 id="hemostat-first-run" className={styles.title}>
        {title}
      </h2>
      <ol className={styles.steps}>
        {steps.map(({ id, state, title, text, commands }) => (
          <li key={id} data-step={id} data-state={state}>
            <div>
              <Mark tone={TONES[state]}>{stateWords(state)}</Mark> <strong>{title}</strong>
            </div>
            {text ? <div>{text}</div> : null}
            {commands.length > 0 ? (
              <div className={styles.commands}>
                {commands.map((command, index) => (
                  <React.Fragment key={command}>
                    {index > 0 ? <span>{t('overview.first.or', 'or')}</span> : null}
                    <CommandLine command={command} />
                  </React.Fragment>
                ))}
              </div>
            ) : null}
          </li>
        ))}
      </ol>
      {here ? null : (
        <TextLink href={pagePath('configuration')} inline={false}>
          {t('overview.first.configure', 'Choose and test the data source on Configuration')}
        </TextLink>
      )}
    </section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  title: css({ fontSize: theme.typography.h4.fontSize, marginBottom: theme.spacing(1) }),
  steps: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1.5), margin: theme.spacing(0, 0, 2, 3), maxWidth: 800 }),
  commands: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(0.5, 1), marginTop: theme.spacing(0.5) }),
  command: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(0.5), maxWidth: '100%', overflowWrap: 'anywhere' }),
});

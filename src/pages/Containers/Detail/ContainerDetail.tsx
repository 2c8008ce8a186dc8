import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, LinkButton, TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { Section } from '../../../components/Section';
import { Empty } from '../../../components/State/Empty';
import { Ready } from '../../../components/State/Ready';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { pagePath } from '../../../constants';
import type { ContainerDetailAnswer } from '../../../contract/api';
import { useResource } from '../../../hooks/useResource';
import { Charts } from './Charts';
import { Dependents } from './Dependents';
import { Happenings } from './Happenings';
import { Head } from './Head';
import { Labels } from './Labels';
import { PolicyInForce } from './PolicyInForce';

/** One container: how it is, what it used, what happened to it, and what may be done to it. @param name its key, or its name where only one host has it */
export function ContainerDetail({ name }: { name: string }) {
  const detail = useResource<ContainerDetailAnswer>('containers/detail', { key: name });
  if (detail.failure?.kind === 'missing') {
    return (
      <Empty title={t('containers.unknown', 'The monitor knows no container {{name}}', { name })}>
        <p>{t('containers.unknown-why', 'It may have been removed, be called otherwise, or run on a host whose monitor does not run.')}</p>
        <LinkButton variant="secondary" href={pagePath('containers')}>
          {t('containers.all', 'All containers')}
        </LinkButton>
      </Empty>
    );
  }
  return <Ready of={detail}>{(value) => <Detail detail={value} />}</Ready>;
}

function Detail({ detail }: { detail: ContainerDetailAnswer }) {
  const styles = useStyles2(getStyles);
  const { key, policy, warnings, container } = detail;
  const told = [...warnings, ...policy.warnings];
  return (
    <div className={styles.page} data-testid={testIds.containers.detail}>
      <TextLink href={pagePath('containers')} inline={false}>
        ← {t('containers.all', 'All containers')}
      </TextLink>
      <Head detail={detail} />
      {told.length > 0 ? (
        <Alert severity="warning" title={t('containers.warnings', 'What holds for it is not quite clear')}>
          <ul className={styles.list}>
            {told.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </Alert>
      ) : null}
      <Section title={t('containers.figures', 'What it used')}>
        <Charts name={key} />
      </Section>
      <Happenings name={key} />
      <Section title={t('containers.dependents', 'What hangs together with it')}>
        <Dependents name={key} />
      </Section>
      <PolicyInForce policy={policy} />
      <Section title={t('containers.labels', 'Labels that HemoStat reads')}>
        <Labels labels={container.labels} />
      </Section>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(3), minWidth: 0 }),
  list: css({ paddingLeft: theme.spacing(2) }),
});

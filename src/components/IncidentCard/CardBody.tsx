import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { incidentPath } from '../../constants';
import type { IncidentAnswer, IncidentDetailAnswer, IncidentsAnswer } from '../../contract/api';
import { severityMark } from '../../contract/story/marks';
import { useResource } from '../../hooks/useResource';
import { nameOf } from '../IncidentActions/incident';
import { Marks } from '../IncidentActions/Marks';
import { NextStep } from '../IncidentActions/NextStep';
import { Mark } from '../Mark';
import { Empty } from '../State/Empty';
import { Ready } from '../State/Ready';
import { testIds } from '../testIds';
import { t } from '../text';
import { severityTone, stateTone } from '../tone';
import { When } from '../When';
import { stateWords } from '../words';

/** @param summary the story in words; empty when only the list was read */
function Brief({ incident, summary }: { incident: IncidentAnswer; summary: string }) {
  const styles = useStyles2(getStyles);
  const { severity = '', opened_at: opened, cause = '' } = incident.fields;
  return (
    <article className={styles.card} data-testid={testIds.incidentCard}>
      <div className={styles.line}>
        <Mark tone={severityTone(severity)}>{severityMark(severity)}</Mark>
        <TextLink href={incidentPath(incident.id)} color="primary" weight="medium">
          {nameOf(incident)}
        </TextLink>
        <Mark tone={stateTone(incident.state)}>{stateWords(incident.state)}</Mark>
        <When at={opened} className={styles.muted} />
      </div>
      <div>{summary || cause}</div>
      <div className={styles.muted}>
        <NextStep incident={incident} /> <Marks incident={incident} />
      </div>
    </article>
  );
}

function OfIncident({ id }: { id: string }) {
  const detail = useResource<IncidentDetailAnswer>('incidents/detail', { id });
  return <Ready of={detail}>{({ incident, summary }) => <Brief incident={incident} summary={summary} />}</Ready>;
}

function OfContainer({ container }: { container: string }) {
  const last = useResource<IncidentsAnswer>('incidents', { all: true, container, limit: 1 });
  return (
    <Ready of={last}>
      {({ incidents: [incident] }) => (incident ? <Brief incident={incident} summary="" /> : <Empty title={t('overview.card.none', '{{container}} has had no incident', { container })} />)}
    </Ready>
  );
}

/** The incident that is named, or the last one of a container. */
export function CardBody({ incident, container }: { incident: string; container: string }) {
  if (incident) {
    return <OfIncident id={incident} />;
  }
  return container ? <OfContainer container={container} /> : <Empty title={t('overview.card.nothing', 'No incident and no container was named')} />;
}

const getStyles = (theme: GrafanaTheme2) => ({
  card: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5), padding: theme.spacing(1, 1.5), background: theme.colors.background.primary, border: `1px solid ${theme.colors.border.weak}`, borderRadius: theme.shape.radius.default, overflowWrap: 'anywhere' }),
  line: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', gap: theme.spacing(0, 1) }),
  muted: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});

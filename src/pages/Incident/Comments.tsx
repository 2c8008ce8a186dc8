import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { CommentBox } from '../../components/IncidentActions/CommentBox';
import { Section } from '../../components/Section';
import { testIds } from '../../components/testIds';
import { t } from '../../components/text';
import { When } from '../../components/When';
import type { Comment } from './Incident.utils';

/** What people wrote about an incident, oldest first, and a box to write more. @param incident its id */
export function Comments({ incident, comments }: { incident: string; comments: readonly Comment[] }) {
  const styles = useStyles2(getStyles);
  return (
    <Section title={t('incident.comments', 'Comments')} data-testid={testIds.incident.comments}>
      {comments.length === 0 ? <p className={styles.quiet}>{t('incident.no-comments', 'Nobody has written anything yet.')}</p> : null}
      <ul className={styles.list}>
        {comments.map(({ id, time, user, text }) => (
          <li key={id}>
            <div className={styles.quiet}>
              <strong>{user}</strong> <When at={time} />
            </div>
            <div className={styles.text}>{text}</div>
          </li>
        ))}
      </ul>
      <CommentBox incident={incident} />
    </Section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  quiet: css({ color: theme.colors.text.secondary, margin: 0 }),
  list: css({ listStyle: 'none', display: 'flex', flexDirection: 'column', gap: theme.spacing(1) }),
  text: css({ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }),
});

import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { RoleButton } from '../../../components/RoleButton';
import { Section } from '../../../components/Section';
import { Empty } from '../../../components/State/Empty';
import { Ready } from '../../../components/State/Ready';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { When } from '../../../components/When';
import type { PolicyAnswer, PolicyVersionsAnswer } from '../../../contract/api';
import { parsePolicy } from '../../../contract/policy';
import type { Resource } from '../../../hooks/useResource';
import { useUrlState } from '../../../hooks/useUrlState';
import { DiffList } from '../DiffList';
import { differences } from '../document';
import { SaveModal } from '../SaveModal';

type Version = PolicyVersionsAnswer['versions'][number];

/** A stored policy with every name filled in; as it stands where it cannot be read. */
const documentOf = ({ policy }: Version): unknown => {
  const parsed = parsePolicy(policy);
  return parsed.ok ? parsed.document : policy;
};

export interface VersionsProps {
  policy: PolicyAnswer;
  versions: Resource<PolicyVersionsAnswer>;
  sent: (version: string) => void;
}

/** Policies that were put in force: who, when, why, what changed, and a way back to each. */
export function Versions({ policy, versions, sent }: VersionsProps) {
  const [url, setUrl] = useUrlState('version');
  const open = url.version;
  return (
    <Section title={t('policy.versions', 'Versions')} data-testid={testIds.policy.versions}>
      <Ready of={versions}>
        {({ versions: list, unreadable }) => (
          <>
            {list.length === 0 ? <Empty title={t('policy.no-versions', 'Nobody has changed it through HemoStat')}>{t('policy.no-versions-how', 'Each change that is saved here, or by npx hemostat policy set, is kept with who, when and why.')}</Empty> : null}
            <ol style={{ listStyle: 'none', margin: 0, padding: 0 }}>
              {list.map((version, index) => {
                const id = `${version.version} ${version.time}`;
                return (
                  <Item
                    key={id}
                    version={version}
                    before={list[index + 1]}
                    policy={policy}
                    open={open.includes(id)}
                    toggle={() => setUrl({ version: open.includes(id) ? open.filter((one) => one !== id) : [...open, id] })}
                    sent={sent}
                  />
                );
              })}
            </ol>
            {unreadable > 0 ? t('policy.unreadable', '{{count}} versions cannot be read and are left out.', { count: unreadable }) : null}
          </>
        )}
      </Ready>
    </Section>
  );
}

interface ItemProps {
  version: Version;
  before: Version | undefined;
  policy: PolicyAnswer;
  open: boolean;
  toggle: () => void;
  sent: (version: string) => void;
}

const isInForce = ({ stored }: PolicyAnswer, { version, time }: Version): boolean => stored?.version === version && stored.time === time;

function Item({ version, before, policy, open, toggle, sent }: ItemProps) {
  const styles = useStyles2(getStyles);
  const [asking, setAsking] = useState(false);
  const parsed = parsePolicy(version.policy);
  const inForce = isInForce(policy, version);
  const unusable = parsed.ok ? undefined : t('policy.not-usable', 'This version of HemoStat cannot use it: {{problems}}', { problems: parsed.problems.join('; ') });
  const whyNot = inForce ? t('policy.is-in-force', 'It is in force.') : unusable;
  return (
    <li className={styles.item}>
      <div className={styles.line}>
        <span className={styles.words}>
          <strong>{version.user}</strong> <When at={version.time} /> {inForce ? `· ${t('policy.in-force', 'in force')}` : ''}
          <div className={styles.second}>
            {version.reason || t('policy.no-reason', 'no reason given')} · <code>{version.version}</code>
          </div>
        </span>
        <Button size="sm" variant="secondary" fill="text" icon={open ? 'angle-down' : 'angle-right'} aria-expanded={open} onClick={toggle}>
          {t('policy.changes', 'Changes')}
        </Button>
        <RoleButton needs="Admin" size="sm" variant="secondary" whyNot={whyNot} onClick={() => setAsking(true)}>
          {t('policy.again', 'Put in force again')}
        </RoleButton>
      </div>
      {open ? <Changes version={version} before={before} /> : null}
      {asking && parsed.ok ? (
        <SaveModal
          title={t('policy.again-title', 'Put an older policy in force again')}
          before={policy.document}
          document={parsed.document}
          base={policy.version}
          reason={t('policy.again-reason', 'Back to version {{version}} of {{user}}', { version: version.version, user: version.user })}
          close={() => setAsking(false)}
          sent={sent}
        />
      ) : null}
    </li>
  );
}

function Changes({ version, before }: Pick<ItemProps, 'version' | 'before'>) {
  const styles = useStyles2(getStyles);
  return (
    <>
      <div className={styles.second}>{before ? t('policy.against-before', 'Against the version before it:') : t('policy.against-nothing', 'The oldest version that is kept, against an empty policy:')}</div>
      <DiffList differences={differences(before ? documentOf(before) : emptyDocument(), documentOf(version))} />
    </>
  );
}

const emptyDocument = (): unknown => {
  const parsed = parsePolicy({});
  return parsed.ok ? parsed.document : {};
};

const getStyles = (theme: GrafanaTheme2) => ({
  item: css({ padding: theme.spacing(0.75, 0), borderBottom: `1px solid ${theme.colors.border.weak}` }),
  line: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), alignItems: 'center' }),
  words: css({ flex: '1 1 200px', minWidth: 0, overflowWrap: 'anywhere' }),
  second: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});

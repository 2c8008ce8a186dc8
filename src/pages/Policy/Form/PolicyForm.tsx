import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, Combobox, Field, Input, Switch, useStyles2 } from '@grafana/ui';
import React from 'react';
import { fieldGroups, originWords, valueAt, valueText, type PolicyField } from '../../../components/PolicyFields/fields';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { When } from '../../../components/When';
import type { PolicyAnswer, PolicyVersionsAnswer } from '../../../contract/api';
import { resolvePolicy, type EffectivePolicy, type PolicyDocument } from '../../../contract/policy';
import { useUrlState } from '../../../hooks/useUrlState';
import { changedBy, layerOf, withLayerValue } from '../document';
import { ModeSwitch } from './ModeSwitch';
import { Value } from './Value';
import { Windows } from './Windows';

export interface PolicyFormProps {
  policy: PolicyAnswer;
  versions: PolicyVersionsAnswer['versions'];
  /** What is shown and changed. */
  document: PolicyDocument;
  projects: readonly string[];
  /** Why nothing can be changed; undefined when it can. */
  whyNot: string | undefined;
  edit: (document: PolicyDocument) => void;
}

/** The policy for a place, as it would hold with this document. */
const effectiveOf = ({ from, environment }: PolicyAnswer, document: PolicyDocument, project: string): EffectivePolicy =>
  resolvePolicy({ document, from, ...(environment ? { environment } : {}) }, { container: '', project, labels: {} });

/** Every value with where it comes from, for the whole fleet or for one Compose project. */
export function PolicyForm(props: PolicyFormProps) {
  const { policy, document, projects, whyNot, edit } = props;
  const styles = useStyles2(getStyles);
  const [url, setUrl] = useUrlState('project');
  const project = url.project[0] ?? '';
  const effective = effectiveOf(policy, document, project);
  const own = Object.keys(document.projects);
  const options = [
    { value: '-', label: t('policy.defaults', 'All projects (defaults)') },
    ...[...new Set([...own, ...projects, project])].filter(Boolean).sort().map((name) => ({ value: name, label: name, ...(own.includes(name) ? { description: t('policy.own-values', 'has values of its own') } : {}) })),
  ];
  return (
    <div className={styles.form} data-testid={testIds.policy.form}>
      <Field label={t('policy.for', 'For')} noMargin>
        <Combobox id="hemostat-policy-project" width={40} createCustomValue options={options} value={project || '-'} onChange={({ value }) => setUrl({ project: value === '-' ? '' : value })} />
      </Field>
      <ModeSwitch mode={effective.mode} origin={<OriginOf {...props} path="mode" project={project} effective={effective} />} whyNot={whyNot} change={(mode) => edit(withLayerValue(document, project, 'mode', mode))} />
      {fieldGroups().map(({ title, fields }) => (
        <section key={title} aria-label={title}>
          <h3 className={styles.group}>{title}</h3>
          {fields
            .filter(({ path, ofProject }) => path !== 'mode' && (project === '' || ofProject))
            .map((field) => (
              <Row key={`${project} ${field.path}`} {...props} field={field} project={project} effective={effective} />
            ))}
        </section>
      ))}
      {project === '' ? <Whole {...props} /> : null}
    </div>
  );
}

const originText = (origin: string | undefined): string => originWords(origin ?? 'default');

/** Where a value comes from, and who set it when. */
function OriginOf({ policy, versions, document, path, project, effective }: Pick<PolicyFormProps, 'policy' | 'versions' | 'document'> & { path: string; project: string; effective: EffectivePolicy }) {
  const value = valueAt(layerOf(document, project), path);
  const changed = JSON.stringify(value) !== JSON.stringify(valueAt(layerOf(policy.document, project), path));
  const author = value !== undefined && !changed ? changedBy(versions, [...(project === '' ? ['defaults'] : ['projects', project]), ...path.split('.')]) : undefined;
  return (
    <>
      {changed ? <strong>{t('policy.changed', 'changed, not saved')} · </strong> : null}
      {originText(effective.origins[path])}
      {author ? (
        <>
          {' '}
          {t('policy.by', 'by {{user}}', { user: author.user })} <When at={author.time} />
        </>
      ) : null}
    </>
  );
}

/** One value: what it is, where it comes from, who said so, and a way back. */
function Row({ field, project, effective, policy, versions, document, whyNot, edit }: PolicyFormProps & { field: PolicyField; project: string; effective: EffectivePolicy }) {
  const styles = useStyles2(getStyles);
  const { path, label, help, kind } = field;
  const own = valueAt(layerOf(document, project), path) !== undefined;
  const id = `hemostat-policy-${path.replace('.', '-')}`;
  const inherited = valueText(kind, valueAt(effectiveOf(policy, withLayerValue(document, project, path, undefined), project), path));
  return (
    <div className={styles.row}>
      <div className={styles.name}>
        <label htmlFor={id}>{label}</label>
        <div className={styles.second}>{help}</div>
      </div>
      <div className={styles.value}>
        <Value field={field} id={id} value={valueAt(effective, path)} disabled={whyNot !== undefined} change={(value) => edit(withLayerValue(document, project, path, value))} />
        <div className={styles.second}>
          <OriginOf policy={policy} versions={versions} document={document} path={path} project={project} effective={effective} />
          {own && whyNot === undefined ? (
            <Button size="sm" fill="text" variant="secondary" onClick={() => edit(withLayerValue(document, project, path, undefined))} aria-label={t('policy.reset-field', '{{label}}: use {{value}} again', { label, value: inherited })}>
              {t('policy.reset', 'Use {{value}} again', { value: inherited })}
            </Button>
          ) : null}
        </div>
      </div>
    </div>
  );
}

/** What is said once for the whole fleet. */
function Whole({ document, whyNot, edit }: PolicyFormProps) {
  const styles = useStyles2(getStyles);
  const disabled = whyNot !== undefined;
  const names = (text: string) => text.split(',').map((name) => name.trim()).filter(Boolean);
  return (
    <>
      <section aria-label={t('policy.group-whole', 'For the whole fleet')}>
        <h3 className={styles.group}>{t('policy.group-whole', 'For the whole fleet')}</h3>
        <div className={styles.row}>
          <div className={styles.name}>
            <label htmlFor="hemostat-policy-own">{t('policy.own', 'Never touched')}</label>
            <div className={styles.second}>{t('policy.own-help', 'Names with * and ?, parted by commas. The healer itself belongs to them.')}</div>
          </div>
          <div className={styles.value}>
            {/* A comma that is being typed would vanish at once: the names are read when the field is left. */}
            <Input key={document.own_containers.join()} id="hemostat-policy-own" defaultValue={document.own_containers.join(', ')} disabled={disabled} onBlur={(event) => edit({ ...document, own_containers: names(event.currentTarget.value) })} />
          </div>
        </div>
        <div className={styles.row}>
          <div className={styles.name}>
            <label htmlFor="hemostat-policy-trust">{t('policy.trust', 'Labels may loosen')}</label>
            <div className={styles.second}>{t('policy.trust-help', 'Off: labels of a container can only make things safer.')}</div>
          </div>
          <div className={styles.value}>
            <Switch id="hemostat-policy-trust" value={document.trust_labels} disabled={disabled} onChange={(event) => edit({ ...document, trust_labels: event.currentTarget.checked })} />
          </div>
        </div>
      </section>
      <Windows windows={document.maintenance} whyNot={whyNot} change={(maintenance) => edit({ ...document, maintenance })} />
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  form: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), minWidth: 0 }),
  group: css({ fontSize: theme.typography.h5.fontSize, margin: theme.spacing(0, 0, 0.5) }),
  row: css({ display: 'grid', gridTemplateColumns: 'minmax(180px, 2fr) minmax(220px, 3fr)', gap: theme.spacing(0.5, 2), padding: theme.spacing(0.75, 0), borderBottom: `1px solid ${theme.colors.border.weak}`, [theme.breakpoints.down('sm')]: { gridTemplateColumns: 'minmax(0, 1fr)' } }),
  name: css({ minWidth: 0, label: { fontWeight: theme.typography.fontWeightMedium } }),
  value: css({ minWidth: 0 }),
  second: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, overflowWrap: 'anywhere' }),
});

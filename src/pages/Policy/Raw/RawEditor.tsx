import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, RadioButtonGroup, TextArea, useStyles2 } from '@grafana/ui';
import React, { useEffect, useState } from 'react';
import { parse, stringify } from 'yaml';
import { testIds } from '../../../components/testIds';
import { t } from '../../../components/text';
import { parsePolicy, type PolicyDocument } from '../../../contract/policy';
import { useUrlState } from '../../../hooks/useUrlState';
import { differences } from '../document';

export interface RawEditorProps {
  document: PolicyDocument;
  whyNot: string | undefined;
  edit: (document: PolicyDocument) => void;
  /** Told what is wrong with the text; empty when it can be used. */
  tell: (problems: readonly string[]) => void;
}

type Format = 'yaml' | 'json';
const textOf = (document: unknown, format: Format): string => (format === 'json' ? JSON.stringify(document, null, 2) : stringify(document, { lineWidth: 0 }));

function read(text: string): { document?: PolicyDocument; problems: string[] } {
  try {
    // JSON is YAML as well.
    const parsed = parsePolicy(parse(text, { maxAliasCount: 0 }));
    return parsed.ok ? { document: parsed.document, problems: [] } : { problems: parsed.problems };
  } catch (cause) {
    return { problems: [cause instanceof Error ? cause.message.split('\n', 1)[0] ?? '' : String(cause)] };
  }
}

/** The whole document as text. Only what can be used goes into the draft. */
function RawEditor({ document, whyNot, edit, tell }: RawEditorProps) {
  const styles = useStyles2(getStyles);
  const [url, setUrl] = useUrlState('format');
  const format: Format = url.format[0] === 'json' ? 'json' : 'yaml';
  const [typed, setTyped] = useState<string>();
  const { document: meant, problems } = typed === undefined ? { problems: [] } : read(typed);
  // What was typed is kept as typed, as long as it says what the draft says, or cannot be used.
  const stays = typed !== undefined && (meant === undefined || differences(meant, document).length === 0);
  const text = stays ? typed : textOf(document, format);
  const told = (stays ? problems : []).join('\n');
  useEffect(() => {
    tell(told === '' ? [] : told.split('\n'));
    return () => tell([]);
  }, [tell, told]);
  return (
    <div className={styles.editor}>
      <RadioButtonGroup
        size="sm"
        aria-label={t('policy.format', 'Format')}
        options={[
          { value: 'yaml' as const, label: 'YAML' },
          { value: 'json' as const, label: 'JSON' },
        ]}
        value={format}
        onChange={(next) => {
          setTyped(undefined);
          setUrl({ format: next });
        }}
      />
      <TextArea
        className={styles.text}
        aria-label={t('policy.raw', 'Policy as text')}
        rows={28}
        spellCheck={false}
        value={text}
        readOnly={whyNot !== undefined}
        title={whyNot}
        onChange={(event) => {
          const next = event.currentTarget.value;
          setTyped(next);
          const result = read(next);
          if (result.document) {
            edit(result.document);
          }
        }}
        data-testid={testIds.policy.raw}
      />
      {told ? (
        <Alert severity="error" title={t('policy.raw-wrong', 'This cannot be used; the draft is what could be used last')} data-testid={testIds.policy.problem}>
          <ul className={styles.list}>
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Alert>
      ) : null}
    </div>
  );
}

export default RawEditor;

const getStyles = (theme: GrafanaTheme2) => ({
  editor: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), alignItems: 'flex-start' }),
  text: css({ fontFamily: theme.typography.fontFamilyMonospace, fontSize: theme.typography.bodySmall.fontSize, width: '100%' }),
  list: css({ paddingLeft: theme.spacing(2) }),
});

import { Field, Stack, TextArea } from '@grafana/ui';
import React, { useId, useState } from 'react';
import { useAction } from '../../hooks/useAction';
import { RoleButton } from '../RoleButton';
import { testIds } from '../testIds';
import { t } from '../text';

const MAX_LENGTH = 4000;

/** Adds a comment to the story of an incident. @param incident its id */
export function CommentBox({ incident, done }: { incident: string; done?: () => void }) {
  const id = useId();
  const [text, setText] = useState('');
  const { run, running } = useAction('comment');
  const send = () => {
    void run({ incident, text: text.trim() }).then((sent) => {
      if (sent) {
        setText('');
        done?.();
      }
    });
  };
  const whyNot = running ? t('actions.running', 'This is being sent.') : text.trim() === '' ? t('actions.comment-empty', 'Write something first.') : undefined;
  return (
    <Stack direction="column" gap={1} alignItems="flex-start">
      <Field label={t('actions.comment', 'Comment')} description={t('actions.comment-what', 'Everybody who sees this incident can read it. Secrets are blacked out.')}>
        <TextArea id={id} rows={3} cols={60} maxLength={MAX_LENGTH} value={text} onChange={(event) => setText(event.currentTarget.value)} data-testid={testIds.actions.comment} />
      </Field>
      <RoleButton needs="Editor" size="sm" variant="secondary" whyNot={whyNot} onClick={send} data-testid={testIds.actions.commentSend}>
        {t('actions.comment-send', 'Add comment')}
      </RoleButton>
    </Stack>
  );
}

import { Field, TextArea } from '@grafana/ui';
import React, { useId, useState } from 'react';
import { ActionModal } from '../../../components/IncidentActions/ActionModal';
import { SilenceDialog } from '../../../components/IncidentActions/SilenceDialog';
import { t } from '../../../components/text';
import type { AlertDoneAnswer, AlertEntry } from '../../../contract/observability/payloads';
import { useSend } from '../../../hooks/useSend';
import { OBSERVER_ACTS_MS } from '../observer-acts';

export type AlertQuestion = 'acknowledge' | 'silence' | 'resolve';
export type AskedAlert = Pick<AlertEntry, 'id' | 'name'>;

interface ModalProps {
  alert: AskedAlert;
  close: () => void;
}

const MOST_CHARACTERS = 1000;
const addressOf = ({ id }: AskedAlert, act: AlertQuestion): string => `dashboard/alerts/${encodeURIComponent(id)}/${act}`;

/** Acknowledge and resolve: a question with a comment that may be left empty. */
function Commented({ alert, close, act, title, what, label }: ModalProps & { act: 'acknowledge' | 'resolve'; title: string; what: string; label: string }) {
  const id = useId();
  const [comment, setComment] = useState('');
  const { run, running, failure } = useSend<AlertDoneAnswer>(addressOf(alert, act), OBSERVER_ACTS_MS);
  const send = () => {
    void run(comment.trim() ? { comment: comment.trim() } : {}).then((done) => done && close());
  };
  return (
    <ActionModal title={title} close={close} failure={failure} confirm={{ needs: 'Editor', label, act: send, whyNot: running ? t('actions.running', 'This is being sent.') : undefined }}>
      <p>{what}</p>
      <Field label={t('agents.comment', 'Comment')} description={t('agents.comment-why', 'Stands in the log, beside your name. May be left empty.')}>
        <TextArea id={id} rows={3} maxLength={MOST_CHARACTERS} value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
      </Field>
    </ActionModal>
  );
}

/** R481: 5 to 1440 minutes; one click for a usual length. */
function Silence({ alert, close }: ModalProps) {
  const { run, running, failure } = useSend<AlertDoneAnswer>(addressOf(alert, 'silence'), OBSERVER_ACTS_MS);
  return (
    <SilenceDialog
      title={t('agents.silence-title', 'Silence "{{name}}"', { name: alert.name })}
      what={t('agents.silence-what', 'No notices about it are sent meanwhile. When its condition still holds at the end, it fires again.')}
      silence={(minutes) => void run({ duration_minutes: minutes }).then((done) => done && close())}
      running={running}
      failure={failure}
      close={close}
    />
  );
}

/** The question before something is done about an alert. */
export function AlertModal({ question, alert, close }: ModalProps & { question: AlertQuestion }) {
  const { name } = alert;
  switch (question) {
    case 'silence':
      return <Silence alert={alert} close={close} />;
    case 'acknowledge':
      return (
        <Commented
          alert={alert}
          close={close}
          act="acknowledge"
          title={t('agents.acknowledge-title', 'Acknowledge "{{name}}"', { name })}
          what={t('agents.acknowledge-what', 'Tells the others that you look at it. It resolves by itself when its condition ends.')}
          label={t('actions.acknowledge', 'Acknowledge')}
        />
      );
    case 'resolve':
      return (
        <Commented
          alert={alert}
          close={close}
          act="resolve"
          title={t('agents.resolve-title', 'Resolve "{{name}}"?', { name })}
          what={t('agents.resolve-what', 'It is over for good. When its condition still holds after the cooldown of its rule, a new one fires.')}
          label={t('agents.resolve', 'Resolve')}
        />
      );
  }
}

import { durationText, percentText } from '../../contract/story/time';
import { t } from '../text';

/** How a value is shown and edited. `seconds` and `count` are numbers, `share` is 0..1, `commands` are argument vectors. */
export type FieldKind = 'mode' | 'flag' | 'scope' | 'action' | 'actions' | 'seconds' | 'count' | 'share' | 'commands';

export interface PolicyField {
  /** As origins name it: `breaker.failures` for nested ones. */
  path: string;
  kind: FieldKind;
  label: string;
  /** What it means, in one sentence. */
  help: string;
  /** False where only the defaults may say it, not a project. */
  ofProject: boolean;
}

export interface FieldGroup {
  title: string;
  fields: PolicyField[];
}

const field = (path: string, kind: FieldKind, label: string, help: string, ofProject = true): PolicyField => ({ path, kind, label, help, ofProject });

/** Everything that a policy says of containers, in the order in which a person asks. Called when it is drawn, for the language. */
export function fieldGroups(): FieldGroup[] {
  return [
    {
      title: t('policy.group-acting', 'Whether it acts'),
      fields: [
        field('mode', 'mode', t('policy.mode', 'Mode'), t('policy.mode-help', 'What happens when an action is due.')),
        field('dry_run', 'flag', t('policy.dry-run', 'Dry run'), t('policy.dry-run-help', 'Nothing is really done, whatever any other place says.')),
        field('scope', 'scope', t('policy.scope', 'Covers'), t('policy.scope-help', 'All containers, or only those with hemostat.enable=true or autoheal=true.')),
        field('actions', 'actions', t('policy.actions', 'Allowed actions'), t('policy.actions-help', 'Anything else is refused.')),
        field('action', 'action', t('policy.action', 'Do instead'), t('policy.action-help', 'Done in place of a proposed restart, start or stop.')),
        field('min_confidence', 'share', t('policy.min-confidence', 'Least confidence'), t('policy.min-confidence-help', 'A less certain analysis is not acted on.')),
        field('confirm_seconds', 'seconds', t('policy.confirm', 'Ill for at least'), t('policy.confirm-help', 'How long an illness must have lasted before anything is done.')),
      ],
    },
    {
      title: t('policy.group-pace', 'How often'),
      fields: [
        field('cooldown_seconds', 'seconds', t('policy.cooldown', 'Cooldown'), t('policy.cooldown-help', 'Least time between two actions on one container.')),
        field('attempts_per_hour', 'count', t('policy.attempts', 'Actions an hour'), t('policy.attempts-help', 'On one container, at most.')),
        field('breaker.failures', 'count', t('policy.breaker', 'Breaker opens at'), t('policy.breaker-help', 'Failed or useless actions on one container after which nothing more is tried.')),
        field('breaker.window_seconds', 'seconds', t('policy.breaker-window', 'Breaker counts over'), t('policy.breaker-window-help', 'The time within which those actions are counted.')),
      ],
    },
    {
      title: t('policy.group-radius', 'How much at once'),
      fields: [
        field('blast_radius.containers_per_hour', 'count', t('policy.radius-hour', 'Containers an hour'), t('policy.radius-hour-help', 'Different containers that may be touched within an hour, over all hosts.'), false),
        field('blast_radius.per_project_per_hour', 'count', t('policy.radius-project', 'Of one project'), t('policy.radius-project-help', 'The same within one Compose project.')),
        field('blast_radius.fleet_share', 'share', t('policy.radius-share', 'Share of the fleet'), t('policy.radius-share-help', 'Share of all containers that may be touched within an hour.'), false),
        field('blast_radius.fleet_share_min', 'count', t('policy.radius-min', 'But always'), t('policy.radius-min-help', 'So many are allowed whatever the share says, so that a small fleet is not paralysed.'), false),
      ],
    },
    {
      title: t('policy.group-times', 'Waiting and checking'),
      fields: [
        field('start_grace_seconds', 'seconds', t('policy.start-grace', 'Grace after a start'), t('policy.start-grace-help', 'A container that has just started is left alone for so long.')),
        field('manual_grace_seconds', 'seconds', t('policy.manual-grace', 'Grace after a person'), t('policy.manual-grace-help', 'After somebody stopped or started it by hand.')),
        field('approval_ttl_seconds', 'seconds', t('policy.approval', 'Approval waits'), t('policy.approval-help', 'A request that nobody answers expires after this.')),
        field('verify_seconds', 'seconds', t('policy.verify', 'Checked for'), t('policy.verify-help', 'How long figures are compared after an action, before its verdict.')),
        field('stale_after_seconds', 'seconds', t('policy.stale', 'Too old after'), t('policy.stale-help', 'A decision older than this is not acted on.')),
        field('stop_timeout_seconds', 'seconds', t('policy.stop-timeout', 'Time to stop'), t('policy.stop-timeout-help', 'How long Docker lets the container end by itself before it kills it.')),
      ],
    },
    {
      title: t('policy.group-commands', 'Commands inside containers'),
      fields: [
        field('exec_enforce', 'flag', t('policy.exec-enforce', 'Only listed commands'), t('policy.exec-enforce-help', 'Off: any command may be run inside a container.')),
        field('exec_allow', 'commands', t('policy.exec-allow', 'Listed commands'), t('policy.exec-allow-help', 'One a line, words parted by spaces; a word that ends in * stands for every word with that beginning. A word with a space in it: write the line as JSON, such as ["echo", "a b"].')),
        field('cleanup_volumes', 'flag', t('policy.cleanup-volumes', 'Clean-up removes volumes'), t('policy.cleanup-volumes-help', 'Also the anonymous volumes of the containers that a clean-up removes.')),
      ],
    },
  ];
}

export const allFields = (): PolicyField[] => fieldGroups().flatMap(({ fields }) => fields);

export interface ModeWords {
  mode: 'observe' | 'approve' | 'auto';
  label: string;
  means: string;
}

/** The modes with what they mean, from the most careful one. */
export const modes = (): ModeWords[] => [
  { mode: 'observe', label: t('policy.observe', 'Observe'), means: t('policy.observe-means', 'It watches and explains, and writes down what it would have done. It touches nothing.') },
  { mode: 'approve', label: t('policy.approve', 'Approve'), means: t('policy.approve-means', 'It proposes the exact action and waits until an Admin approves it.') },
  { mode: 'auto', label: t('policy.auto', 'Auto'), means: t('policy.auto-means', 'It acts by itself, within these limits.') },
];

const plain = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value) ?? '');

/** A command as it is typed: its words, or JSON where a word holds a space. */
export function commandText(words: readonly string[]): string {
  return words.some((word) => /\s/.test(word) || word === '') || (words[0] ?? '').startsWith('[') ? JSON.stringify(words) : words.join(' ');
}

const TEXTS: Record<FieldKind, (value: unknown) => string> = {
  mode: (value) => modes().find(({ mode }) => mode === value)?.label ?? plain(value),
  flag: (value) => (value === true ? t('policy.yes', 'yes') : t('policy.no', 'no')),
  scope: (value) => (value === 'labelled' ? t('policy.labelled', 'labelled containers') : t('policy.all', 'all containers')),
  action: (value) => (value === '' ? t('policy.as-proposed', 'as proposed') : value === 'none' ? t('policy.nothing', 'nothing') : plain(value)),
  actions: (value) => (Array.isArray(value) && value.length > 0 ? value.map(plain).join(', ') : t('policy.nothing', 'nothing')),
  seconds: (value) => (typeof value === 'number' ? (value === 0 ? '0 s' : durationText(value * 1000)) : plain(value)),
  count: plain,
  share: (value) => (typeof value === 'number' ? percentText(value * 100) : plain(value)),
  commands: (value) => (Array.isArray(value) && value.length > 0 ? value.map((one) => (Array.isArray(one) ? commandText(one.map(plain)) : plain(one))).join('; ') : t('policy.nothing', 'nothing')),
};

/** A value for a person, with its unit. */
export const valueText = (kind: FieldKind, value: unknown): string => (value === undefined ? '–' : TEXTS[kind](value));

/** Where a value comes from, in words. */
export function originWords(origin: string): string {
  switch (origin) {
    case 'default':
      return t('policy.origin-default', 'built-in default');
    case 'environment':
      return t('policy.origin-environment', 'environment variable');
    case 'file':
      return t('policy.origin-file', 'policy file');
    case 'command':
      return t('policy.origin-command', 'set here');
    case 'project':
      return t('policy.origin-project', 'project');
    case 'label':
      return t('policy.origin-label', 'label of the container');
    default:
      return origin;
  }
}

/** The value at a path such as `breaker.failures`. */
export function valueAt(values: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined), values);
}

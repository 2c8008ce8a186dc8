import { screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { PageFrame } from '../../components/Page/PageFrame';
import { refusal } from '../../components/testing/fake-source';
import { renderPage, type RenderPageOptions } from '../../components/testing/renderPage';
import { testIds } from '../../components/testIds';
import type { PolicyAnswer, WhatIfAnswer } from '../../contract/api';
import { parsePolicy, type PolicyDocument } from '../../contract/policy';
import { layOut } from '../../datasource/testing/layout';
import Policy from './Policy';

jest.setTimeout(60_000);
beforeEach(layOut);
afterEach(() => jest.restoreAllMocks());

function documentOf(value: unknown): PolicyDocument {
  const parsed = parsePolicy(value);
  if (!parsed.ok) {
    throw new Error(parsed.problems.join('; '));
  }
  return parsed.document;
}

const OLD = { defaults: { mode: 'observe' } };
const NOW = { defaults: { mode: 'auto', cooldown_seconds: 1800 }, projects: { shop: { mode: 'approve' } } };
const stored = { version: 'v2', time: new Date(Date.now() - 7_200_000).toISOString(), user: 'rosa', reason: 'act by itself' };
const policy: PolicyAnswer = { version: 'v2', from: 'command', document: documentOf(NOW), environment: { verify_seconds: 20 }, stored, responders: [], warnings: [] };
const outcome = (kind: 'acts' | 'blocked', guard?: string) => ({ kind, action: 'restart', reason: 'why', ...(guard ? { guard } : {}) });
const whatIf: WhatIfAnswer = {
  base_version: 'v2',
  decisions: 18,
  counts: { appears: 1, vanishes: 0, blocked: 3, changed: 0, same: 14 },
  actions: { before: 17, after: 15 },
  refusals: { before: {}, after: { cooldown: 3, blast_radius_hour: 2 } },
  lines: [
    { id: 'l1', time: stored.time, container: 'host-1/web', incident_id: 'i1', before: outcome('acts'), after: outcome('blocked', 'cooldown'), change: 'blocked' },
    { id: 'l2', time: stored.time, container: 'host-1/db', incident_id: 'i2', before: outcome('blocked', 'cooldown'), after: outcome('acts'), change: 'appears' },
  ],
  more: false,
  cut_short: false,
  unreadable: 0,
  warnings: [],
};
const status = { ok: true, problems: [], mode: ['auto'], agents: [], groups: [], dead_letters: 0, paused: null, maintenance: [], fleet: { total: 1, running: 1, stopped: 0, ill: 0 }, redis: null };
const versions = { versions: [{ ...stored, policy: NOW }, { version: 'v1', time: '2026-01-02T03:04:05Z', user: 'omar', reason: 'first week', policy: OLD }], unreadable: 0 };
const resources = { status, policy, 'policy/versions': versions, variables: { values: [{ text: 'shop', value: 'shop' }], more: false } };
const sends = { 'what-if': whatIf, 'actions/policy': { event_id: 'e', command: 'policy', version: 'v3', next: 'The responder checks it.' } };

const show = (options: RenderPageOptions = {}) =>
  renderPage(
    <PageFrame>
      <Policy />
    </PageFrame>,
    { resources, sends, ...options }
  );
const form = async () => within(await screen.findByTestId(testIds.policy.form));

describe('the policy page', () => {
  it('shows each value with its origin, who set it, and what the modes mean', async () => {
    show();
    const shown = await form();
    expect(shown.getByRole('radio', { name: /Auto/ })).toBeChecked();
    expect(shown.getByText(/touches nothing/)).toBeVisible();
    const cooldown = shown.getByLabelText('Cooldown');
    expect(cooldown).toHaveValue(1800);
    await waitFor(() => expect(cooldown.closest('div[class]')?.parentElement?.parentElement?.parentElement).toHaveTextContent(/set here by rosa 2 hours ago/));
    expect(shown.getByLabelText('Checked for')).toHaveValue(20);
    expect(shown.getAllByText('environment variable').length).toBe(1);
    expect(screen.getByText(/In force: version v2, set by rosa/)).toHaveTextContent('act by itself');
  });

  it('asks what would have been, anew with an edit, and links each line to its incident', async () => {
    const { user, source } = show();
    const box = within(await screen.findByTestId(testIds.policy.whatIf));
    expect(await box.findByText('14 actions as now · 3 would vanish (cooldown) · 1 would appear · 2 exceed the blast radius')).toBeVisible();
    expect(box.getByRole('link', { name: 'host-1/web' })).toHaveAttribute('href', expect.stringContaining('/incidents/i1'));
    expect(box.getByText(/restart by itself → restart refused by cooldown: why/)).toBeVisible();
    const cooldown = (await form()).getByLabelText('Cooldown');
    await user.clear(cooldown);
    await user.type(cooldown, '60');
    await waitFor(() => expect(source.sent.filter(({ path }) => path === 'what-if').at(-1)?.body).toMatchObject({ policy: { defaults: { mode: 'auto', cooldown_seconds: 60 } } }));
  });

  it('saves with a reason, on the version that was changed, after showing what changes', async () => {
    const { user, source } = show();
    await user.click((await form()).getByRole('radio', { name: /Observe/ }));
    await user.click(screen.getByTestId(testIds.policy.save));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText('defaults.mode').closest('li')).toHaveTextContent('defaults.mode: "auto" → "observe"');
    expect(dialog.getByTestId(testIds.actions.confirm)).toHaveAttribute('aria-disabled', 'true');
    await user.type(dialog.getByLabelText(/Why/), 'night shift');
    await user.click(dialog.getByTestId(testIds.actions.confirm));
    await waitFor(() => expect(source.sent.find(({ path }) => path === 'actions/policy')?.body).toMatchObject({ version: 'v2', reason: 'night shift', policy: { defaults: { mode: 'observe', cooldown_seconds: 1800 } } }));
    expect(await screen.findByText(/Sent: the responder checks it/)).toBeVisible();
  });

  it('says that somebody else changed it meanwhile, and keeps the draft until told otherwise', async () => {
    const { user, source, refresh } = show();
    await user.click((await form()).getByRole('radio', { name: /Observe/ }));
    source.answers.resources = { ...resources, policy: { ...policy, version: 'v9', stored: { ...stored, version: 'v9', user: 'omar' }, document: documentOf(OLD && { defaults: { mode: 'approve' } }) } };
    refresh();
    expect(await screen.findByText('omar changed the policy while you were editing')).toBeVisible();
    expect((await form()).getByRole('radio', { name: /Observe/ })).toBeChecked();
    await user.click(screen.getByRole('button', { name: 'Drop my changes' }));
    expect((await form()).getByRole('radio', { name: /Approve/ })).toBeChecked();
  });

  it('shows why the server refused it', async () => {
    const { user } = show({ sends: { ...sends, 'actions/policy': refusal(409, 'The policy in force has the version v9, not v2.', 'Load it again.') } });
    await user.click((await form()).getByRole('radio', { name: /Observe/ }));
    await user.click(screen.getByTestId(testIds.policy.save));
    await user.type(await screen.findByLabelText(/Why/), 'night shift');
    await user.click(screen.getByTestId(testIds.actions.confirm));
    expect(await screen.findByText('The policy in force has the version v9, not v2.')).toBeVisible();
  });

  it('names what cannot be used, and does not save it', async () => {
    const { user } = show();
    await user.clear((await form()).getByLabelText('Cooldown'));
    expect(await screen.findByTestId(testIds.policy.problem)).toHaveTextContent('defaults.cooldown_seconds');
    expect(screen.getByTestId(testIds.policy.save)).toHaveAttribute('aria-disabled', 'true');
    await user.click(screen.getByTestId(testIds.policy.discard));
    expect((await form()).getByLabelText('Cooldown')).toHaveValue(1800);
  });

  it('shows a project with its own values and those it inherits', async () => {
    show({ search: '?project=shop' });
    const shown = await form();
    expect(shown.getByRole('radio', { name: /Approve/ })).toBeChecked();
    expect(shown.getByLabelText('Cooldown')).toHaveValue(1800);
    expect(shown.queryByLabelText('Containers an hour')).toBeNull();
  });

  it('takes the policy as YAML, and says what is wrong in it', async () => {
    const { user } = show({ search: '?view=raw' });
    const raw = await screen.findByTestId(testIds.policy.raw);
    expect((raw as HTMLTextAreaElement).value).toContain('cooldown_seconds: 1800');
    await user.clear(raw);
    await user.type(raw, 'defaults: {{ mode: sleep }');
    expect(await screen.findByTestId(testIds.policy.problem)).toHaveTextContent('defaults.mode');
    await user.clear(raw);
    await user.type(raw, 'defaults: {{ mode: observe }');
    await waitFor(() => expect(screen.queryByTestId(testIds.policy.problem)).toBeNull());
    expect(raw).toHaveValue('defaults: { mode: observe }');
    expect(screen.getByTestId(testIds.policy.save)).not.toHaveAttribute('aria-disabled', 'true');
  });

  it('lists versions with what each changed, and puts an older one in force again', async () => {
    const { user, source } = show();
    const list = within(await screen.findByTestId(testIds.policy.versions));
    await user.click((await list.findAllByRole('button', { name: 'Changes' }))[0] as HTMLElement);
    expect(list.getByText('defaults.mode').closest('li')).toHaveTextContent('"observe" → "auto"');
    const [current, older] = list.getAllByRole('button', { name: 'Put in force again' });
    expect(current).toHaveAttribute('aria-disabled', 'true');
    await user.click(older as HTMLElement);
    await user.click(await screen.findByTestId(testIds.actions.confirm));
    await waitFor(() => expect(source.sent.find(({ path }) => path === 'actions/policy')?.body).toMatchObject({ version: 'v2', reason: 'Back to version v1 of omar', policy: { defaults: { mode: 'observe' } } }));
  });

  it.each(['Viewer', 'Editor'] as const)('can only be read by the role %s, which it says', async (role) => {
    show({ role });
    expect((await form()).getByLabelText('Cooldown')).toBeDisabled();
    expect(screen.getByText(/You can read this, but not change it/)).toHaveTextContent(`you are ${role}`);
    expect(screen.getByTestId(testIds.policy.save)).toHaveAttribute('aria-disabled', 'true');
  });

  it('has states for loading, failure with retry, and no permission', async () => {
    const { source, user } = show({ resources: { ...resources, policy: refusal(503, 'Redis cannot be reached.') } });
    expect(screen.getByTestId(testIds.state.loading)).toBeVisible();
    expect(await screen.findByTestId(testIds.state.failed)).toHaveTextContent('Redis cannot be reached.');
    source.answers.resources = { ...resources, policy: refusal(403, 'forbidden') };
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByTestId(testIds.state.denied)).toBeVisible();
  });

  it('says when nothing was ever changed or decided', async () => {
    show({ resources: { ...resources, policy: { ...policy, stored: null, document: documentOf({}) }, 'policy/versions': { versions: [], unreadable: 0 } }, sends: { 'what-if': { ...whatIf, decisions: 0, lines: [] } } });
    expect(await screen.findByText('Nobody has changed it through HemoStat')).toBeVisible();
    expect(await screen.findByText('Nothing had to be decided in this time range')).toBeVisible();
  });
});

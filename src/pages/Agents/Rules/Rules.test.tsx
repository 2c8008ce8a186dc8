import { screen, waitFor, within } from '@testing-library/react';
import React from 'react';
import { refusal } from '../../../components/testing/fake-source';
import { renderPage, type RenderPageOptions } from '../../../components/testing/renderPage';
import { testIds } from '../../../components/testIds';
import { DEFAULT_RULES, mergeRules } from '../../../contract/observability/rules';
import type { AlertRule } from '../../../contract/observability/schemas';
import { layOut } from '../../../datasource/testing/layout';
import { Rules } from './Rules';

beforeEach(layOut);
afterEach(() => jest.restoreAllMocks());

const latency = DEFAULT_RULES.find(({ name }) => name === 'high_latency') as AlertRule;
const rules = mergeRules(DEFAULT_RULES, [{ ...latency, threshold: 3000 }, { ...latency, name: 'mine' }]);
const done = { status: 'rule_set', event_id: 'e', next: 'The observer goes by it.' };
const show = (options: RenderPageOptions = {}) => renderPage(<Rules />, { search: '?rules=open', resources: { 'dashboard/rules': { rules, scopes: { agents: ['error_rate', 'latency'], system: ['cpu_percent'] } } }, ...options });
const rowOf = async (name: string) => {
  const rows = await screen.findAllByTestId(testIds.agents.rule);
  return rows.find((row) => row.textContent?.startsWith(name)) as HTMLElement;
};

describe('the alert rules', () => {
  it('are folded until they are asked for', async () => {
    const { user, search } = show({ search: '' });
    await user.click(await screen.findByRole('button', { name: `${rules.length} rules, ${rules.filter(({ enabled }) => enabled).length} switched on` }));
    expect(await screen.findAllByTestId(testIds.agents.rule)).toHaveLength(rules.length);
    expect(search()).toContain('rules=open');
  });

  it('R440 R452 to R455: are told with condition, threshold, severity, cooldown, and whether they are on', async () => {
    show();
    expect(await rowOf('high_error_rate')).toHaveTextContent('high_error_ratecomes with HemoStaterror_rate > thresholdof: agents5critical5 minon');
    expect(await rowOf('high_latency')).toHaveTextContent('changedlatency > thresholdof: agents3,000warning5 minon');
    expect(await rowOf('low_throughput')).toHaveTextContent('off');
  });

  it('R441: an Admin changes the threshold', async () => {
    const { user, source } = show({ sends: { 'dashboard/rules': done } });
    await user.click(within(await rowOf('high_latency')).getByRole('button', { name: 'Change …' }));
    expect(screen.getByLabelText(/^Name/)).toBeDisabled();
    expect(screen.getByText('An expression over: error_rate, latency, threshold')).toBeVisible();
    const threshold = screen.getByLabelText(/^Threshold/);
    await user.clear(threshold);
    await user.type(threshold, '2500');
    await user.click(screen.getByLabelText(/^Switched on/));
    await user.click(screen.getByTestId(testIds.actions.confirm));
    await waitFor(() => expect(source.sent).toHaveLength(1));
    expect(source.sent[0]).toMatchObject({ path: 'dashboard/rules', body: { ...latency, threshold: 2500, enabled: false } });
    expect(source.sent[0]?.body).not.toHaveProperty('from');
  });

  it('R449: adds one, and shows what the server says is wrong with it', async () => {
    const { user } = show({ sends: { 'dashboard/rules': refusal(400, 'The rule cannot be used: condition: unknown variable "eror_rate".', 'The resource dashboard/rules tells the variables.') } });
    await user.click(await screen.findByRole('button', { name: 'Add a rule …' }));
    expect(screen.getByTestId(testIds.actions.confirm)).toHaveAttribute('aria-disabled', 'true');
    await user.type(screen.getByLabelText(/^Name/), 'too_many');
    await user.click(screen.getByTestId(testIds.actions.confirm));
    expect(await screen.findByText(/unknown variable "eror_rate"/)).toBeVisible();
    expect(screen.getByText('The resource dashboard/rules tells the variables.')).toBeVisible();
  });

  it('gives a changed one its default again, and removes one of the own', async () => {
    const { user, source } = show({ sends: { 'dashboard/rules/high_latency/remove': done, 'dashboard/rules/mine/remove': done } });
    await user.click(within(await rowOf('high_latency')).getByRole('button', { name: 'Back to the default' }));
    await user.click(within(await rowOf('mine')).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(source.sent.map(({ path }) => path)).toEqual(['dashboard/rules/high_latency/remove', 'dashboard/rules/mine/remove']));
    expect(within(await rowOf('high_error_rate')).queryByRole('button', { name: 'Back to the default' })).toBeNull();
  });

  it('can be read but not changed by others than Admins', async () => {
    show({ role: 'Editor' });
    expect(within(await rowOf('high_latency')).getByRole('button', { name: 'Change …' })).toHaveAttribute('aria-disabled', 'true');
    expect(screen.getByRole('button', { name: 'Add a rule …' })).toHaveAttribute('aria-disabled', 'true');
  });
});

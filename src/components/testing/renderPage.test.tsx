import { FieldType } from '@grafana/data';
import { act, screen } from '@testing-library/react';
import React from 'react';
import { useAction } from '../../hooks/useAction';
import { useFrames } from '../../hooks/useFrames';
import { useResource } from '../../hooks/useResource';
import { useRole } from '../../hooks/useRole';
import { useUrlState } from '../../hooks/useUrlState';
import { Ready } from '../State/Ready';
import { testIds } from '../testIds';
import { When } from '../When';
import { refusal } from './fake-source';
import { renderPage } from './renderPage';

const TWO_MINUTES_AGO = Date.now() - 150_000;

function Reading() {
  const resource = useResource<{ word: string }>('words', { id: 'a/b' });
  return <Ready of={resource}>{({ word }) => <p>{word}</p>}</Ready>;
}

function Asking() {
  const { frames, failure, loading } = useFrames([{ queryType: 'incidents' }]);
  return <p>{loading ? 'waits' : (failure?.message ?? String(frames[0]?.fields[0]?.values[0]))}</p>;
}

function Acting() {
  const { run, failure } = useAction('acknowledge');
  const { may } = useRole();
  const [{ tab }, set] = useUrlState('tab');
  return (
    <>
      <button onClick={() => void run({ incident: 'i1' })}>act</button>
      <button onClick={() => set({ tab: ['a', 'b'] })}>tab</button>
      <p>{`${tab.join('+')} ${failure?.kind ?? 'none'} ${may('Admin') ? 'admin' : 'no admin'}`}</p>
      <When at={TWO_MINUTES_AGO} />
    </>
  );
}

describe('a page under test', () => {
  it('reads resources, keeps the older answer below a failure, and tries again', async () => {
    const { source, refresh, user } = renderPage(<Reading />, { resources: { words: { word: 'first' } } });
    expect(await screen.findByText('first')).toBeVisible();
    expect(source.read).toEqual([{ path: 'words', params: { id: 'a/b' } }]);

    source.answers = { resources: { words: refusal(503, 'Redis is away.', 'Start it.') } };
    refresh();
    expect(await screen.findByTestId(testIds.state.failed)).toHaveTextContent('Redis is away. Start it.');
    expect(screen.getByText('first')).toBeVisible();

    source.answers = { resources: { words: { word: 'second' } } };
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('second')).toBeVisible();
  });

  it('asks queries, and tells their failure', async () => {
    const frame = { refId: 'A', length: 1, fields: [{ name: 'incident', type: FieldType.string, config: {}, values: ['i1'] }] };
    const { unmount } = renderPage(<Asking />, { frames: { incidents: [frame] } });
    expect(await screen.findByText('i1')).toBeVisible();
    unmount();
    renderPage(<Asking />, { frames: { incidents: new Error('too much') } });
    expect(await screen.findByText('too much')).toBeVisible();
  });

  it('acts, toasts, and keeps state in the address', async () => {
    const { user, source, toasts, search } = renderPage(<Acting />, { role: 'Editor', search: '?tab=x', sends: { 'actions/acknowledge': { next: 'Seen.' } } });
    expect(screen.getByText('x none no admin')).toBeVisible();
    expect(screen.getByText('2 minutes ago')).toBeVisible();
    await user.click(screen.getByText('act'));
    expect(source.sent).toEqual([{ path: 'actions/acknowledge', body: { incident: 'i1' } }]);
    expect(toasts).toEqual(['alert-success Seen.']);

    source.answers = { sends: { 'actions/acknowledge': refusal(409, 'It has ended.', 'Nothing.') } };
    await user.click(screen.getByText('act'));
    expect(toasts[1]).toBe('alert-error It has ended. Nothing.');
    await act(async () => user.click(screen.getByText('tab')));
    expect(screen.getByText('a+b conflict no admin')).toBeVisible();
    expect(search()).toContain('tab=a&tab=b');
  });
});

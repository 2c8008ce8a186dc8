import type { ContainerState } from '../../src/contract/containers';
import { dependentsOf, stoppedSiblings } from './dependents';

function state(container: string, part: Partial<ContainerState> = {}): ContainerState {
  return {
    host: 'h', container, container_id: container, image: 'i', status: 'running', health_status: 'unknown', exit_code: 0, oom_killed: false, restart_count: 0, restart_policy: 'no',
    labels: {}, project: 'p', service: container, depends_on: [], network_parent: '', metrics: {}, ill: false, seen_at: '', ...part,
  };
}

describe('dependents', () => {
  const composeLabel = (text: string) => ({ 'com.docker.compose.depends_on': text });

  it('are those that share the network, those that Compose restarts, and those that say so, in order', () => {
    const fleet = [
      state('web', { network_parent: 'h/vpn', depends_on: ['h/db', 'h/vpn'] }),
      state('db', { network_parent: 'h/vpn' }),
      state('vpn'),
      state('job', { labels: composeLabel('vpn:service_started:true,db:service_healthy:false') }),
      state('other', { labels: composeLabel('vpn:service_started:false') }),
      state('named', { labels: { 'hemostat.depends': 'web, x' } }),
      state('foreign', { host: 'g', network_parent: 'g/vpn' }),
    ];
    expect(dependentsOf('h/vpn', fleet)).toEqual(['h/db', 'h/job', 'h/web', 'h/named']);
    expect(dependentsOf('h/web', fleet)).toEqual(['h/named']);
    expect(dependentsOf('h/unknown', fleet)).toEqual([]);
  });

  it('are left alone when stopped or opted out', () => {
    const fleet = [state('vpn'), state('a', { network_parent: 'h/vpn', status: 'exited' }), state('b', { network_parent: 'h/vpn', labels: { 'hemostat.enable': 'false' } })];
    expect(dependentsOf('h/vpn', fleet)).toEqual([]);
  });

  it('come to an end where they go in a circle', () => {
    const fleet = [state('a', { labels: { 'hemostat.depends': 'b' } }), state('b', { labels: { 'hemostat.depends': 'a' } })];
    expect(dependentsOf('h/a', fleet)).toEqual(['h/b']);
  });
});

describe('what a cleanup removes', () => {
  it('is stopped, of the same project, and not opted out', () => {
    const fleet = [
      state('web'),
      state('old', { status: 'exited' }),
      state('dead', { status: 'dead', labels: { 'hemostat.enable': 'false' } }),
      state('running'),
      state('else', { status: 'exited', project: 'q' }),
      state('far', { status: 'exited', host: 'g' }),
    ];
    expect(stoppedSiblings(state('web'), fleet)).toEqual(['h/old']);
  });

  it('is of the same image where there is no project', () => {
    const fleet = [state('old', { status: 'exited', project: '' }), state('else', { status: 'exited', project: '', image: 'j' })];
    expect(stoppedSiblings(state('web', { project: '' }), fleet)).toEqual(['h/old']);
  });
});

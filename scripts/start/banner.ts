import type { RunFile } from '../../agents/cli/run-file';

const RULE = '='.repeat(78);

/** Says that the containers are not real. */
export function banner(demo: { containers: number; forced: boolean; settings: Readonly<Record<string, string>> }): string[] {
  const settings = Object.entries(demo.settings).map(([name, value]) => `  ${name}=${value}`);
  return [
    RULE,
    'DEMO: these are demo containers, not yours.',
    demo.forced ? 'HEMOSTAT_DEMO=on asked for them.' : 'No Docker engine was found (DOCKER_HOST, /var/run/docker.sock).',
    `${demo.containers} processes on this machine, behind a Docker API of our own, fall ill by script.`,
    ...(settings.length > 0 ? ['For the demo, where you have set nothing else:', ...settings] : []),
    RULE,
  ];
}

const MODES: Record<string, string> = {
  observe: 'mode observe: it says what it would do, and does nothing. HEMOSTAT_MODE=approve asks you, auto acts.',
  approve: 'mode approve: it asks before it acts (npx hemostat approve CONTAINER).',
  auto: 'mode auto: it acts by itself, under its guards.',
};

/** Commands for another terminal. */
export function whereToLook(run: RunFile): string[] {
  return [
    MODES[run.mode] ?? `mode ${run.mode}`,
    'In another terminal:  npx hemostat status      how all is',
    '                      npx hemostat incidents   what is ill',
    '                      npx hemostat explain X   the story of a container or incident',
  ];
}

export function closingWords(demo: boolean): string[] {
  return ['', demo ? 'Stopping what was started here …' : 'Stopping what was started here; your containers go on as they are …'];
}

import { css } from '@emotion/css';
import React from 'react';
import type { GrafanaTheme2 } from '@grafana/data';
import { PluginPage } from '@grafana/runtime';
import { useStyles2 } from '@grafana/ui';
import { testIds } from './testIds';

/** What the command line shows of HemoStat's work, in the order in which a person asks. */
const COMMANDS = [
  { command: 'npx hemostat status', shows: 'Is anything wrong? Agents, Redis, the log, and every container that is ill.' },
  { command: 'npx hemostat incidents', shows: 'What happened? Incidents with their state, newest first.' },
  { command: 'npx hemostat explain ID', shows: 'Why, and did it help? The whole story of one incident, told from the log.' },
  { command: 'npx hemostat tail', shows: 'What happens now? One line for each event, as it comes.' },
  { command: 'npx hemostat approve ID', shows: 'Lets an action go ahead that waits for a person; reject ID refuses it.' },
  { command: 'npx hemostat doctor', shows: 'Does it work here? Checks Redis, Docker, ports and clocks, and says how to mend each.' },
] as const;

/** The root page: what HemoStat is, and where its work is seen. It shows no data. */
function App() {
  const styles = useStyles2(getStyles);
  return (
    <PluginPage>
      <div className={styles.text} data-testid={testIds.app.root}>
        <p>
          HemoStat watches the containers of a Docker engine. When one falls ill (it crashes, is killed for memory, fails its
          health check, or burns CPU) HemoStat writes down what it saw, says why, and decides under explicit guards whether
          acting is safe. It acts or asks, looks at the same figures again to see whether that helped, and keeps every step in
          one log.
        </p>
        <h2>See its work</h2>
        <p>The agents run beside Grafana, and their command line shows what they do. Run it in the folder of HemoStat:</p>
        <dl>
          {COMMANDS.map(({ command, shows }) => (
            <React.Fragment key={command}>
              <dt>
                <code>{command}</code>
              </dt>
              <dd className={styles.shows}>{shows}</dd>
            </React.Fragment>
          ))}
        </dl>
        <p>
          Agents are started together by <code>npm start</code>, or one by one by <code>npx hemostat agent NAME</code>.
        </p>
      </div>
    </PluginPage>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  text: css({ maxWidth: theme.breakpoints.values.lg }),
  shows: css({ margin: theme.spacing(0.5, 0, 2, 0) }),
});

export default App;

import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { LANES, type LanePart } from './lanes';

const LANE_WIDTH = 8;
const DOT_TOP = 17;

/** Colours that tell neighbouring incidents apart; the words of each row say the same. */
const COLORS = ['blue', 'purple', 'orange', 'green'];

/** The thin lines that join events of one incident. */
export function IncidentLines({ parts, lit }: { parts: readonly LanePart[]; lit: string }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.lanes} aria-hidden>
      {parts.map(({ incident, lane, own, up, down }) => {
        const color = styles[`lane${lane}`];
        const strong = incident === lit ? styles.lit : '';
        const left = lane * LANE_WIDTH + LANE_WIDTH / 2;
        return (
          <React.Fragment key={lane}>
            {up || down ? <span className={`${styles.line} ${color} ${strong}`} style={{ left, top: up ? 0 : DOT_TOP, ...(down ? { bottom: 0 } : { height: up ? DOT_TOP : 0 }) }} /> : null}
            {own ? <span className={`${styles.dot} ${color} ${strong}`} style={{ left }} /> : null}
          </React.Fragment>
        );
      })}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  lanes: css({ position: 'relative', flex: `0 0 ${LANES * LANE_WIDTH + 4}px`, alignSelf: 'stretch' }),
  line: css({ position: 'absolute', width: 2, marginLeft: -1, background: 'currentColor', opacity: 0.45 }),
  dot: css({ position: 'absolute', top: DOT_TOP - 3, width: 7, height: 7, marginLeft: -3.5, borderRadius: '50%', background: 'currentColor' }),
  lit: css({ opacity: 1, boxShadow: '0 0 0 1px currentColor' }),
  ...Object.fromEntries(COLORS.map((color, lane) => [`lane${lane}`, css({ color: theme.visualization.getColorByName(color) })])),
}) as Record<'lanes' | 'line' | 'dot' | 'lit' | `lane${number}`, string>;

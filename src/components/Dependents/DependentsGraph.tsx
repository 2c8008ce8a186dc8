import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React, { useMemo } from 'react';
import { Link } from 'react-router-dom';
import { containerPath } from '../../constants';
import { testIds } from '../testIds';
import { t } from '../text';
import { toneColor } from '../tone';
import { BOX, layOut, nodeTone, type GraphEdge, type GraphNode, type PlacedNode } from './layout';

export interface DependentsGraphProps {
  /** Key of the container in the middle. */
  target: string;
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
}

const MOST_LETTERS = 22;
const shortened = (text: string): string => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text);
const stateOf = ({ status, health }: GraphNode): string => [status, health].filter(Boolean).join(', ');

/** What a container needs, to its left, and what needs it, to its right: an action on it is felt there. */
export function DependentsGraph({ target, nodes, edges }: DependentsGraphProps) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const placed = useMemo(() => layOut(target, nodes, edges), [target, nodes, edges]);
  const titles = new Map(nodes.map(({ id, title }) => [id, title]));
  const needs = edges.filter((edge) => edge.target === target);
  const needed = edges.filter((edge) => edge.source === target);
  return (
    <div data-testid={testIds.containers.graph}>
      <div className={styles.words}>
        {needs.length > 0 ? `${t('dependents.needs', 'Needs')}: ${needs.map(({ source, why }) => `${titles.get(source) ?? source} (${why})`).join(', ')}. ` : ''}
        {needed.length > 0
          ? `${t('dependents.needed', 'Is needed by')}: ${needed.map((edge) => `${titles.get(edge.target) ?? edge.target} (${edge.why})`).join(', ')}. ${t('dependents.after', 'What is done to it is felt there.')}`
          : t('dependents.nobody', 'Nothing needs it.')}
      </div>
      <div className={styles.scroll}>
        <svg width={placed.width} height={placed.height} role="group" aria-label={t('dependents.graph', 'Containers that it needs, and that need it')}>
          <defs>
            <marker id="hemostat-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
              <path d="M0 0 8 4 0 8z" fill={theme.colors.text.secondary} />
            </marker>
          </defs>
          {placed.edges.map(({ source, target: end, why, x1, y1, x2, y2 }) => (
            <path key={`${source} ${end}`} d={`M${x1} ${y1} C${x1 + BOX.gapX / 2} ${y1} ${x2 - BOX.gapX / 2} ${y2} ${x2} ${y2}`} className={styles.edge} markerEnd="url(#hemostat-arrow)">
              <title>{t('dependents.edge', '{{target}} needs {{source}}: {{why}}', { source, target: end, why })}</title>
            </path>
          ))}
          {placed.nodes.map((node) => (
            <NodeBox key={node.id} node={node} isTarget={node.id === target} />
          ))}
        </svg>
      </div>
    </div>
  );
}

function NodeBox({ node, isTarget }: { node: PlacedNode; isTarget: boolean }) {
  const styles = useStyles2(getStyles);
  const color = toneColor(useTheme2(), nodeTone(node));
  return (
    <Link to={containerPath(node.id)} aria-current={isTarget ? 'true' : undefined} className={styles.link}>
      {/* The name of the link as well: what is drawn may be shortened. */}
      <title>{`${node.title}: ${stateOf(node)}`}</title>
      <g transform={`translate(${node.x} ${node.y})`}>
        <rect width={BOX.width} height={BOX.height} rx={2} className={isTarget ? styles.target : styles.box} />
        <rect width={4} height={BOX.height} fill={color} />
        <text x={12} y={20} className={styles.title}>
          {shortened(node.title)}
        </text>
        <text x={12} y={38} fill={color} className={styles.state}>
          {shortened(stateOf(node))}
        </text>
      </g>
    </Link>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  words: css({ color: theme.colors.text.secondary, marginBottom: theme.spacing(1), overflowWrap: 'anywhere' }),
  scroll: css({ overflow: 'auto', maxHeight: 480 }),
  edge: css({ fill: 'none', stroke: theme.colors.text.secondary, strokeWidth: 1.2 }),
  link: css({ '&:focus-visible rect:first-of-type': { stroke: theme.colors.primary.border, strokeWidth: 2 } }),
  box: css({ fill: theme.colors.background.secondary, stroke: theme.colors.border.medium }),
  target: css({ fill: theme.colors.background.secondary, stroke: theme.colors.text.primary, strokeWidth: 1.5 }),
  title: css({ fill: theme.colors.text.primary, fontSize: theme.typography.bodySmall.fontSize, fontWeight: theme.typography.fontWeightMedium }),
  state: css({ fontSize: theme.typography.bodySmall.fontSize }),
});

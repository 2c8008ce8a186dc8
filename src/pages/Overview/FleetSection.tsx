import { RadioButtonGroup } from '@grafana/ui';
import React from 'react';
import { FleetCells } from '../../components/Fleet/FleetCells';
import { FleetRows } from '../../components/Fleet/FleetRows';
import type { FleetMember } from '../../components/Fleet/fleet';
import { CommandLine } from '../../components/FirstRun/FirstRun';
import { Empty } from '../../components/State/Empty';
import { t } from '../../components/text';
import { useUrlState } from '../../hooks/useUrlState';
import { Section } from './Section';

type View = 'cells' | 'rows';

/** Every container at once, as cells or as rows; which of both stands in the URL. */
export function FleetSection({ members }: { members: readonly FleetMember[] }) {
  const [{ fleet }, set] = useUrlState('fleet');
  const view: View = fleet[0] === 'rows' ? 'rows' : 'cells';
  const options: Array<{ label: string; value: View }> = [
    { label: t('overview.fleet.cells', 'Cells'), value: 'cells' },
    { label: t('overview.fleet.rows', 'Rows'), value: 'rows' },
  ];
  const choose = (value: View) => set({ fleet: value === 'cells' ? '' : value });
  return (
    <Section title={t('overview.fleet.title', 'Fleet')} aside={<RadioButtonGroup size="sm" aria-label={t('overview.fleet.view', 'Show as')} options={options} value={view} onChange={choose} />}>
      {members.length === 0 ? (
        <Empty title={t('overview.fleet.none', 'No container is known')}>
          <p>{t('overview.fleet.none-why', 'The monitor writes what it sees of Docker. Start a container, or look at the demo fleet:')}</p>
          <CommandLine command="docker run --detach --name web nginx" />
          <CommandLine command="HEMOSTAT_DEMO=on npm start" />
        </Empty>
      ) : view === 'rows' ? (
        <FleetRows members={members} />
      ) : (
        <FleetCells members={members} />
      )}
    </Section>
  );
}

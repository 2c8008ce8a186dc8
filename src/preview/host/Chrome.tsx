import { css, cx } from '@emotion/css';
import type { GrafanaTheme2, NavLinkDTO } from '@grafana/data';
import { Button, IconButton, Select, useStyles2 } from '@grafana/ui';
import React, { useState, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { boot, choose } from './boot';

const ROLES = ['Viewer', 'Editor', 'Admin'];
const ZONES = ['browser', 'utc', 'America/New_York', 'Europe/Zurich', 'Asia/Tokyo'];
const optionsOf = (values: readonly string[]) => values.map((value) => ({ label: value, value }));
/** A zone that was chosen elsewhere is among the choices as well. */
const zones = (): string[] => [...new Set([...ZONES, boot.user.timezone])];

/** Says at all times that this is not Grafana. */
function Banner() {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.banner} role="note">
      Preview: this is not Grafana. It shows the same built plugin without one; sign-in, alerting, dashboards and Explore are Grafana&apos;s own.
    </div>
  );
}

function Choices() {
  const styles = useStyles2(getStyles);
  const { orgRole, theme, timezone } = boot.user;
  const isDark = theme === 'dark';
  return (
    <div className={styles.choices}>
      <Select aria-label="Role" options={optionsOf(ROLES)} value={String(orgRole)} onChange={({ value = 'Admin' }) => choose('role', value)} width={12} />
      <Select aria-label="Time zone" options={optionsOf(zones())} value={timezone} onChange={({ value = 'browser' }) => choose('zone', value)} width={18} />
      <Button variant="secondary" fill="text" onClick={() => choose('theme', isDark ? 'light' : 'dark')}>
        {isDark ? 'Light theme' : 'Dark theme'}
      </Button>
    </div>
  );
}

function Entry({ item }: { item: NavLinkDTO }) {
  const styles = useStyles2(getStyles);
  const { pathname } = useLocation();
  const { text, url = '' } = item;
  const isHere = pathname === url || pathname.startsWith(`${url}/`);
  return (
    <li>
      <a className={cx(styles.entry, isHere && styles.here)} href={url} aria-current={isHere ? 'page' : undefined}>
        {text}
      </a>
    </li>
  );
}

function Navigation() {
  const styles = useStyles2(getStyles);
  return (
    <nav aria-label="Navigation" className={styles.navigation}>
      <ul className={styles.entries}>
        {boot.navTree.flatMap(({ children = [] }) => children).map((item) => (
          <Entry key={item.url} item={item} />
        ))}
      </ul>
    </nav>
  );
}

/** What stands around every page: banner, head with the choices, navigation at the side (on a phone behind a button). */
export function Chrome({ children }: { children: ReactNode }) {
  const styles = useStyles2(getStyles);
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={styles.whole}>
      <Banner />
      <header className={styles.header}>
        <IconButton className={styles.menu} name="bars" size="lg" aria-label="Menu" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} />
        <a className={styles.product} href={boot.navTree[0]?.url ?? '/'}>
          {boot.navTree[0]?.img ? <img src={boot.navTree[0].img} alt="" width={24} height={24} /> : null}
          {boot.navTree[0]?.text}
        </a>
        <Choices />
      </header>
      <div className={styles.body}>
        <div className={cx(styles.side, isOpen && styles.open)}>
          <Navigation />
        </div>
        <main className={styles.main}>{children}</main>
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  whole: css({ display: 'flex', flexDirection: 'column', minHeight: '100vh', background: theme.colors.background.canvas }),
  banner: css({ background: theme.colors.warning.transparent, color: theme.colors.text.primary, padding: theme.spacing(0.5, 2), fontSize: theme.typography.bodySmall.fontSize, textAlign: 'center' }),
  header: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1), padding: theme.spacing(0.5, 2), background: theme.colors.background.primary, borderBottom: `1px solid ${theme.colors.border.weak}` }),
  menu: css({ [theme.breakpoints.up('md')]: { display: 'none' } }),
  product: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), fontWeight: theme.typography.fontWeightMedium }),
  choices: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1), marginLeft: 'auto' }),
  body: css({ display: 'flex', flexGrow: 1, minWidth: 0, [theme.breakpoints.down('md')]: { flexDirection: 'column' } }),
  side: css({ flexShrink: 0, width: 210, background: theme.colors.background.primary, borderRight: `1px solid ${theme.colors.border.weak}`, [theme.breakpoints.down('md')]: { display: 'none', width: '100%' } }),
  open: css({ [theme.breakpoints.down('md')]: { display: 'block' } }),
  navigation: css({ position: 'sticky', top: 0, padding: theme.spacing(1) }),
  entries: css({ listStyle: 'none' }),
  entry: css({ display: 'block', padding: theme.spacing(0.75, 1.5), borderRadius: theme.shape.radius.default, color: theme.colors.text.secondary, '&:hover': { background: theme.colors.action.hover, color: theme.colors.text.primary } }),
  here: css({ background: theme.colors.action.selected, color: theme.colors.text.primary }),
  main: css({ display: 'flex', flexDirection: 'column', flexGrow: 1, minWidth: 0 }),
});

import { css } from '@emotion/css';
import type { GrafanaTheme2, NavModelItem } from '@grafana/data';
import { PageLayoutType } from '@grafana/data';
import type { PluginPageProps } from '@grafana/runtime';
import { Tab, TabsBar, useStyles2 } from '@grafana/ui';
import React, { useEffect, type ReactNode } from 'react';
import { boot } from './boot';

/** From the app down to this page. */
function wayTo(item: NavModelItem | undefined): NavModelItem[] {
  return item ? [...wayTo(item.parentItem), item] : [];
}

function Breadcrumbs({ pageNav }: { pageNav: NavModelItem | undefined }) {
  const styles = useStyles2(getStyles);
  const app = boot.navTree[0];
  const way: Array<Pick<NavModelItem, 'text' | 'url'>> = [...(app ? [app] : []), ...wayTo(pageNav)];
  return (
    <nav aria-label="Breadcrumbs">
      <ol className={styles.crumbs}>
        {way.map(({ text, url }, index) => (
          <li key={`${index} ${text}`}>{url && index < way.length - 1 ? <a href={url}>{text}</a> : <span aria-current="page">{text}</span>}</li>
        ))}
      </ol>
    </nav>
  );
}

function Head({ title, subTitle, actions, info }: { title: ReactNode; subTitle: ReactNode; actions: ReactNode; info: PluginPageProps['info'] }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.head}>
      <div className={styles.title}>{title}</div>
      {info?.map(({ label, value }) => (
        <div key={label}>
          {label} {value}
        </div>
      ))}
      <div className={styles.actions}>{actions}</div>
      {subTitle ? <div className={styles.subTitle}>{subTitle}</div> : null}
    </div>
  );
}

function Tabs({ of }: { of: NavModelItem | undefined }) {
  const items = of?.children?.filter(({ hideFromTabs }) => !hideFromTabs) ?? [];
  return items.length === 0 ? null : (
    <TabsBar>
      {items.map(({ url, text, active = false, tabCounter }) => (
        <Tab key={url ?? text} label={text} active={active} {...(url ? { href: url } : {})} {...(tabCounter === undefined ? {} : { counter: tabCounter })} />
      ))}
    </TabsBar>
  );
}

/** The page around a plugin's content: breadcrumbs, title, tabs and actions, as Grafana has them. */
export function PluginPageFrame({ children, pageNav, actions, renderTitle, subTitle, info, layout }: PluginPageProps) {
  const styles = useStyles2(getStyles);
  const text = pageNav?.text ?? boot.navTree[0]?.text ?? '';
  useEffect(() => {
    document.title = `${text} - HemoStat (preview)`;
  }, [text]);
  return (
    <div className={styles.page}>
      <Breadcrumbs pageNav={pageNav} />
      {layout === PageLayoutType.Canvas ? null : <Head title={renderTitle ? renderTitle(text) : <h1>{text}</h1>} subTitle={subTitle ?? pageNav?.subTitle} actions={actions} info={info} />}
      <Tabs of={pageNav} />
      <div className={styles.content}>{children}</div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', flexGrow: 1, minWidth: 0, padding: theme.spacing(1, 2, 2), gap: theme.spacing(1), [theme.breakpoints.up('md')]: { padding: theme.spacing(1, 4, 4) } }),
  crumbs: css({ display: 'flex', flexWrap: 'wrap', listStyle: 'none', color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, 'li + li::before': { content: '"›"', padding: theme.spacing(0, 1) }, a: { color: theme.colors.text.secondary, '&:hover': { textDecoration: 'underline' } } }),
  head: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1, 2) }),
  title: css({ h1: { margin: 0 } }),
  actions: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), marginLeft: 'auto' }),
  subTitle: css({ flexBasis: '100%', color: theme.colors.text.secondary }),
  content: css({ display: 'flex', flexDirection: 'column', flexGrow: 1, minWidth: 0 }),
});

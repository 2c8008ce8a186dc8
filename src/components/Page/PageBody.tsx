import React, { Suspense, useMemo, type ComponentType, type LazyExoticComponent } from 'react';
import { SceneObjectBase, type SceneComponentProps, type SceneObject, type SceneObjectState } from '@grafana/scenes';
import type { AppSettings } from '../App/settings';
import { PageFrame } from './PageFrame';
import { PageContext } from './context';
import { Loading } from '../State/Loading';

interface PageBodyState extends SceneObjectState {
  /** What the page shows; a chunk of its own. */
  Content: ComponentType | LazyExoticComponent<ComponentType>;
  settings: Required<AppSettings>;
  /** Parameters of the address, such as the id of an incident; decoded. */
  params: Record<string, string | undefined>;
  /** Queries and panels that components have made: children, so that they find time range and variables. */
  adopted: SceneObject[];
}

/** A page of plain React inside a scene. */
export class PageBody extends SceneObjectBase<PageBodyState> {
  static readonly Component = PageBodyView;

  constructor({ Content, settings, params }: Pick<PageBodyState, 'Content' | 'settings' | 'params'>) {
    super({ Content, settings, params, adopted: [] });
  }

  /** Makes an object a child of this page. @returns undoes it */
  adopt(child: SceneObject): () => void {
    this.setState({ adopted: [...this.state.adopted, child] });
    return () => this.setState({ adopted: this.state.adopted.filter((one) => one !== child) });
  }
}

function PageBodyView({ model }: SceneComponentProps<PageBody>) {
  const { Content, settings, params } = model.state;
  const context = useMemo(() => ({ body: model, settings, params }), [model, settings, params]);
  return (
    <PageContext.Provider value={context}>
      <PageFrame>
        <Suspense fallback={<Loading />}>
          <Content />
        </Suspense>
      </PageFrame>
    </PageContext.Provider>
  );
}

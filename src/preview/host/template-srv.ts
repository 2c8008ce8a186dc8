import type { ScopedVars, TypedVariableModel } from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';
import { sceneGraph, type SceneObject } from '@grafana/scenes';

type Format = Parameters<TemplateSrv['replace']>[2];

/** Variables of scenes: data sources ask for them here, and they are found from the object that the request names. */
export class HostTemplateSrv implements TemplateSrv {
  getVariables(): TypedVariableModel[] {
    return [];
  }

  replace(target = '', scopedVars: ScopedVars = {}, format?: Format): string {
    if (!target.includes('$') && !target.includes('[[')) {
      return target;
    }
    const scene = (scopedVars.__sceneObject as { value?: { valueOf(): unknown } } | undefined)?.value?.valueOf() as SceneObject | undefined;
    if (scene) {
      return sceneGraph.interpolate(scene, target, scopedVars, format as Parameters<typeof sceneGraph.interpolate>[3]);
    }
    return target.replace(/\$(\w+)|\$\{(\w+)(?::\w+)?\}/g, (whole, plain: string | undefined, braced: string | undefined) => {
      const value: unknown = scopedVars[plain ?? braced ?? '']?.value;
      return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
    });
  }

  containsTemplate(target = ''): boolean {
    return /\$\w|\$\{|\[\[/.test(target);
  }

  updateTimeRange(): void {
    // Scenes keep their own.
  }
}

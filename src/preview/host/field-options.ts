import {
  booleanOverrideProcessor,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  FieldType,
  identityOverrideProcessor,
  numberOverrideProcessor,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  ThresholdsMode,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
  type Field,
  type FieldConfigPropertyItem,
} from '@grafana/data';

type Item = FieldConfigPropertyItem;
interface Option {
  id: string;
  process: unknown;
  /** All kinds of fields when not given. */
  only?: FieldType;
  defaultValue?: unknown;
}

const nothing = () => null;
/** As a panel has them that sets none. */
const THRESHOLDS = { mode: ThresholdsMode.Absolute, steps: [{ value: -Infinity, color: 'green' }, { value: 80, color: 'red' }] };

const OPTIONS: readonly Option[] = [
  { id: 'unit', process: unitOverrideProcessor },
  { id: 'min', process: numberOverrideProcessor, only: FieldType.number },
  { id: 'max', process: numberOverrideProcessor, only: FieldType.number },
  { id: 'fieldMinMax', process: booleanOverrideProcessor, only: FieldType.number },
  { id: 'decimals', process: numberOverrideProcessor, only: FieldType.number },
  { id: 'displayName', process: displayNameOverrideProcessor },
  { id: 'noValue', process: stringOverrideProcessor },
  // Without a default: thresholds colour a value only where a panel asks for it.
  { id: 'color', process: identityOverrideProcessor },
  { id: 'thresholds', process: thresholdsOverrideProcessor, defaultValue: THRESHOLDS },
  { id: 'mappings', process: valueMappingsOverrideProcessor, defaultValue: [] },
  { id: 'links', process: dataLinksOverrideProcessor },
  { id: 'actions', process: identityOverrideProcessor },
  { id: 'filterable', process: booleanOverrideProcessor },
];

/** The standard options of every field. Without them units, thresholds and links reach no panel, and nobody says so. */
export function standardFieldOptions(): Item[] {
  return OPTIONS.map(({ id, process, only, defaultValue }) => ({
    id,
    path: id,
    name: id,
    description: '',
    category: ['Standard options'],
    editor: nothing,
    override: nothing,
    process: process as Item['process'],
    shouldApply: (field: Field) => only === undefined || field.type === only,
    getItemsCount: (value: unknown) => (Array.isArray(value) ? value.length : 0),
    ...(defaultValue === undefined ? {} : { defaultValue }),
  })) as Item[];
}

/** Options of a panel of its own, for the builder of its field options. */
export function customOption(path: string, defaultValue: unknown) {
  return { id: path, path, name: path, defaultValue, editor: nothing, override: nothing, process: identityOverrideProcessor, shouldApply: () => true, settings: {} };
}

/** The policy of the healer: the document, how it is read, and what it means for one container. */
export { openWindow, type OpenWindow } from './policy/windows';
export { readLabels, type LabelReading } from './policy/labels';
export { fitsGlob, scopeCovers, type ScopeSubject } from './policy/scope';
export {
  storedPolicySchema,
  type StoredPolicy,
  POLICY_DEFAULTS,
  maintenanceWindowSchema,
  parsePolicy,
  policyDocumentSchema,
  policyLayerSchema,
  policyValuesSchema,
  type MaintenanceWindow,
  type ParsedPolicy,
  type PolicyDocument,
  type PolicyLayer,
  type PolicyValues,
} from './policy/schema';
export { policyVersion, resolvePolicy, type EffectivePolicy, type Origin, type PolicySource, type PolicySubject } from './policy/resolve';

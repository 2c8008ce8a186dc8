export { checkRule, type CheckedRule } from './check-rule';
export { compile, type Compiled, type CompiledRule } from './expression';
export { render } from './render';

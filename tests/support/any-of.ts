import fc from 'fast-check';
import type { z } from 'zod';

/** The parts of zod's inner definitions that are looked at here. */
interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  innerType?: z.ZodType;
  valueType?: z.ZodType;
  options?: z.ZodType[];
  entries?: Record<string, string>;
  values?: unknown[];
}

const definitionOf = (schema: z.ZodType) => (schema as unknown as { def: Definition }).def;
const objectOf = (shape: Record<string, z.ZodType>, texts: fc.Arbitrary<string>) =>
  fc.record(Object.fromEntries(Object.entries(shape).map(([key, inner]) => [key, anyOf(inner, texts)])));

const texts = (extra: fc.Arbitrary<string>) => fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), extra);
// Numbers that JSON can carry: no NaN, no infinity.
const numbers = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -1, 1e308, -1e308)
);

const MAKERS: Record<string, (definition: Definition, extra: fc.Arbitrary<string>) => fc.Arbitrary<unknown>> = {
  object: (definition, extra) => objectOf(definition.shape ?? {}, extra),
  string: (_definition, extra) => texts(extra),
  number: () => numbers,
  boolean: () => fc.boolean(),
  unknown: () => fc.jsonValue(),
  enum: (definition) => fc.constantFrom(...Object.values(definition.entries ?? {})),
  literal: (definition) => fc.constantFrom(...(definition.values ?? [])),
  array: (definition, extra) => fc.array(anyOf(definition.element, extra), { maxLength: 4 }),
  record: (definition, extra) => fc.dictionary(texts(extra), anyOf(definition.valueType, extra), { maxKeys: 3 }),
  optional: (definition, extra) => fc.option(anyOf(definition.innerType, extra), { nil: undefined }),
  nullable: (definition, extra) => fc.option(anyOf(definition.innerType, extra), { nil: null }),
  default: (definition, extra) => anyOf(definition.innerType, extra),
  union: (definition, extra) => fc.oneof(...(definition.options ?? []).map((option) => anyOf(option, extra))),
};

/**
 * Any value that fits a zod schema.
 * @param extra further texts that are worth trying
 * @throws Error for a kind of schema that is not known here
 */
export function anyOf(schema: z.ZodType | undefined, extra: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const definition = schema ? definitionOf(schema) : { type: 'unknown' };
  const make = MAKERS[definition.type];
  if (!make) {
    throw new Error(`anyOf knows no zod schema of type ${definition.type}.`);
  }
  return make(definition, extra);
}

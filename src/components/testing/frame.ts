import { FieldType, type DataFrame } from '@grafana/data';

const typeOf = (value: unknown): FieldType => (typeof value === 'number' ? FieldType.number : typeof value === 'boolean' ? FieldType.boolean : FieldType.string);

/** A frame from rows; a column is there when any row has it. */
export function frameFrom(rows: ReadonlyArray<Record<string, unknown>>, name = 'test'): DataFrame {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const fields = names.map((column) => {
    const values = rows.map((row) => row[column] ?? null);
    return { name: column, type: typeOf(values.find((value) => value !== null)), config: {}, values };
  });
  return { name, length: rows.length, fields };
}

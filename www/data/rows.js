// One row of what was read, as its fields are written there.

/** The fields of a row as pairs of a name and a text; nothing where the file is no more what it was. */
export async function fieldsOfRow({ blob, table }, row) {
  const { columns, fields, times, pieces } = table;
  const named = (texts) => texts.map((text, i) => [columns[i]?.name || `column ${i + 1}`, text.trim()]);
  if (fields) return named(fields[row]);
  if (pieces) return named((await (await import("./csv.js")).rowOf(blob, table, row)) ?? []);
  const numbers = columns.filter(({ values }) => values && !Number.isNaN(values[row])).map(({ name, values }) => [name, String(values[row])]);
  return times?.[row] ? [...numbers, ["time", times[row]]] : numbers;
}

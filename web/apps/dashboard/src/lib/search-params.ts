/** One text parameter of the address bar, left out when it is missing or empty. */
export function textParam<Name extends string>(
  search: Record<string, unknown>,
  name: Name,
): { [key in Name]?: string } {
  const value = search[name];
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== ""
    ? ({ [name]: text } as { [key in Name]?: string })
    : {};
}

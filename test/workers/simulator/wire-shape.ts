/** A JSON text's tokens that carry values: strings (those before a colon are keys), numbers, truth values. */
const VALUES = /"(?:[^"\\]|\\.)*"(:?)|-?\d+(?:\.\d+)?(?:e-?\d+)?|\b(?:true|false)\b/g;

/** What remains of a message when its values are taken away: the keys, their order and the spacing. */
export function shapeOf(text: string): string {
  let shape = text.replace(VALUES, (token: string, colon: string | undefined) => {
    if (colon === ':') return token;
    if (token.startsWith('"')) return 's';
    return token === 'true' || token === 'false' ? 'b' : '0';
  });
  // Rows that are alike count once.
  for (let before = ''; before !== shape; ) {
    before = shape;
    shape = shape.replace(/(\{[^{}]*\}|\[[^[\]]*\])(?:,\1)+/g, '$1');
  }
  return shape;
}

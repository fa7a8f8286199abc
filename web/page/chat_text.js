/**
 * Splits a message into text and links. Pure.
 *
 * @param {string} text
 * @returns {{text: string, href?: string}[]}
 */
export function linkify(text) {
  const parts = [];
  let end = 0;
  // Punctuation that ends a sentence is not part of the address before it.
  for (const match of text.matchAll(/https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}']/gi)) {
    if (!URL.canParse(match[0])) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: match[0], href: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

const SAME_BREATH_MS = 3 * 60_000;

/**
 * Whether a message goes on where the one before it left off, under the same name.
 *
 * @param {import('../parley.js').ChatMessage | undefined} before
 * @param {import('../parley.js').ChatMessage} message
 */
export function follows(before, message) {
  return before !== undefined && before.participant === message.participant && before.name === message.name
    && Date.parse(message.at) - Date.parse(before.at) < SAME_BREATH_MS;
}

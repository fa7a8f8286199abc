/**
 * One or two letters that stand for a name.
 *
 * @param {string} name
 */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return ends.map((word) => [...word][0].toUpperCase()).join('') || '?';
}

/**
 * A hue that stays with an id, in degrees.
 *
 * @param {string} id
 */
export function hueOf(id) {
  let hash = 2166136261;
  for (const char of id) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619) >>> 0;
  return hash % 360;
}

/**
 * @param {HTMLElement} avatar
 * @param {string} id
 * @param {string} name
 */
export function paintAvatar(avatar, id, name) {
  avatar.textContent = initials(name);
  avatar.style.setProperty('--hue', String(hueOf(id)));
}

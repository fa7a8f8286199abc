import { clone, find, setIcon } from './dom.js';

/**
 * @typedef {import('./preferences.js').DeviceRole} DeviceRole
 * @type {{role: DeviceRole, kind: MediaDeviceKind, label: string, icon: string}[]}
 */
const MENUS = [
  { role: 'camera', kind: 'videoinput', label: 'Camera', icon: 'camera' },
  { role: 'microphone', kind: 'audioinput', label: 'Microphone', icon: 'mic' },
  { role: 'speaker', kind: 'audiooutput', label: 'Speaker', icon: 'speaker' },
];

/**
 * The choice of camera, microphone and, where the browser can, speaker.
 *
 * @param {HTMLElement} parent
 * @param {import('./local_media.js').LocalMedia} local
 * @param {import('./preferences.js').Preferences} preferences
 * @param {import('./playback.js').Playback} playback
 */
export function buildDeviceMenus(parent, local, preferences, playback) {
  const menus = MENUS.filter(({ role }) => role !== 'speaker' || playback.canChooseSpeaker).map((menu) => {
    const element = clone('device-template');
    const select = find(element, 'select', HTMLSelectElement);
    setIcon(element, menu.icon);
    find(element, 'span').textContent = menu.label;
    select.dataset.testid = `choose-${menu.role}`;
    select.addEventListener('change', () => {
      if (menu.role === 'speaker') playback.choose(select.value);
      else local.choose(menu.role, select.value);
    });
    parent.append(element);
    return { ...menu, element, select };
  });

  const refresh = async () => {
    for (const { role, kind, label, select, element } of menus) {
      const devices = await local.list(kind);
      const inUse = role === 'speaker' ? '' : local.state(role).track?.getSettings().deviceId;
      const chosen = inUse || preferences.get(role);
      select.replaceChildren(...devices.map((device, index) =>
        new Option(device.label || `${label} ${index + 1}`, device.deviceId, false, device.deviceId === chosen)));
      if (devices.length === 0) select.append(new Option(role === 'speaker' ? 'System speaker' : `No ${label.toLowerCase()} known yet`, ''));
      select.disabled = devices.length === 0;
      element.hidden = role === 'speaker' && devices.length === 0;
    }
  };
  local.addEventListener('devices', refresh);
  refresh();
}

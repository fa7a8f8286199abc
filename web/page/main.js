import { readAddress } from './address.js';
import { byId } from './dom.js';
import { Lobby } from './lobby.js';
import { LocalMedia } from './local_media.js';
import { Meeting } from './meeting.js';
import { announce } from './notices.js';
import { Playback } from './playback.js';
import { Preferences } from './preferences.js';
import { ending } from './words.js';

const address = readAddress(location.href);
const preferences = new Preferences();
const local = new LocalMedia(preferences);
const playback = new Playback(preferences);

/** @param {'lobby' | 'meeting' | 'ended'} view */
function show(view) {
  for (const id of ['lobby', 'meeting', 'ended']) byId(id).hidden = id !== view;
  document.body.dataset.view = view;
}

const meeting = new Meeting({ address, local, preferences, playback, onEnd: end });
// For developers: the Room (see parley.d.ts) in the browser's console, and for tests.
/** @type {any} */ (window).parley = meeting.room;

/** @param {string} name */
async function enter(name) {
  await meeting.join(name);
  show('meeting');
  announce(`You joined ${address.room}`);
  byId('stage').focus();
}

/** @type {import('./meeting.js').Parts['onEnd']} */
function end(reason, error) {
  local.stop();
  const { title, text } = ending(reason, error);
  byId('ended-title').textContent = title;
  byId('ended-text').textContent = text;
  show('ended');
  byId('ended-title').focus();
}

byId('rejoin').addEventListener('click', () => location.reload());

const lobby = new Lobby(
  { local, preferences, playback, onJoin: enter },
  address.room,
  address.name || preferences.get('name') || (address.join ? 'Guest' : ''),
);
local.want({
  microphone: address.audio ?? preferences.get('audio') ?? true,
  camera: address.video ?? preferences.get('video') ?? true,
});
if (address.join) lobby.submit();

import { launchChromium } from './browsers.mjs';

/**
 * Many participants out of one page: rooms of the client module that publish a small picture and a
 * tone, so that a hundred of them weigh little.
 */
export class Crowd {
  static async open(url) {
    const browser = await launchChromium();
    const page = await browser.newPage();
    const crowd = new Crowd(browser, page);
    page.on('pageerror', (error) => crowd.errors.push(String(error?.stack ?? error)));
    await page.goto(url);
    await page.evaluate(setUp);
    return crowd;
  }

  /** @type {string[]} */ errors = [];

  constructor(browser, page) {
    this.browser = browser;
    this.page = page;
  }

  /** Joins, publishes, waits until media flows both ways, and stays. @returns {Promise<number>} to name it by */
  stay(room) {
    return this.page.evaluate((name) => window.crowd.stay(name), room);
  }

  /** `count` visits, `atOnce` at a time: each joins, publishes, sees the others and leaves. */
  visit(room, count, atOnce = 2) {
    return this.page.evaluate((options) => window.crowd.visit(options), { room, count, atOnce });
  }

  /** `count` participants that leave wherever they have got to after a random time up to `longest` ms. */
  leaveAtRandom(room, count, { atOnce = 5, longest = 700 } = {}) {
    return this.page.evaluate((options) => window.crowd.leaveAtRandom(options), { room, count, atOnce, longest });
  }

  /** Of the server's last offer to one that stays. */
  sdpLength(index) {
    return this.page.evaluate((which) => window.crowd.sdpLength(which), index);
  }

  close() {
    return this.browser.close();
  }
}

/** Runs in the page. */
async function setUp() {
  const { Room } = await import('/assets/parley.js');
  const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 120 });
  const context = canvas.getContext('2d');
  setInterval(() => {
    context.fillStyle = `hsl(${performance.now() % 360} 80% 50%)`;
    context.fillRect(0, 0, 160, 120);
  }, 100);
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const sound = audio.createMediaStreamDestination();
  tone.connect(sound);
  tone.start();
  const tracks = [sound.stream.getAudioTracks()[0], canvas.captureStream(10).getVideoTracks()[0]];
  const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
  const staying = [];

  const enter = async (name) => {
    const room = new Room();
    for (const track of tracks) await room.publish(track.clone());
    await room.join({ room: name, name: 'One of many' });
    return room;
  };
  const leave = (room) => {
    room.leave();
    for (const { track } of room.publications) track?.stop();
  };
  const flowing = async (room) => {
    for (let i = 0; i < 300; ++i) {
      const stats = room.peerConnection ? [...(await room.peerConnection.getStats()).values()] : [];
      const sent = stats.filter(({ type, packetsSent }) => type === 'outbound-rtp' && packetsSent > 3).length;
      const expected = [...room.participants.values()].flatMap(({ tracks: all }) => [...all.values()]).length;
      const received = stats.filter(({ type, packetsReceived }) => type === 'inbound-rtp' && packetsReceived > 0).length;
      if (sent === 2 && received >= expected) return;
      await sleep(50);
    }
    throw new Error('media did not flow in 15 s');
  };
  const several = async (count, atOnce, each) => {
    let left = count;
    await Promise.all(Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await each();
    }));
  };

  window.crowd = {
    async stay(name) {
      const room = await enter(name);
      await flowing(room);
      return staying.push(room) - 1;
    },
    visit: ({ room: name, count, atOnce }) => several(count, atOnce, async () => {
      const room = await enter(name);
      await flowing(room);
      leave(room);
    }),
    leaveAtRandom: ({ room: name, count, atOnce, longest }) => several(count, atOnce, async () => {
      const room = new Room();
      for (const track of tracks) await room.publish(track.clone());
      const joined = room.join({ room: name, name: 'In a hurry' }).catch(() => {});
      await sleep(Math.random() * longest);
      leave(room);
      await joined;
    }),
    sdpLength: (index) => staying[index].peerConnection.remoteDescription.sdp.length,
  };
}

// Holds Chromium and Firefox against the session: both have to take every offer and answer of ours,
// and the session every one of theirs. With --write the browsers' descriptions become the fixtures
// that the unit tests replay (the session's mids and SSRCs are the same in every run).
//   node record.mjs [--write] [--tool PATH]
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withBrowsers } from './browsers.mjs';
import { Session } from './session.mjs';

const { values } = parseArgs({ options: { write: { type: 'boolean' }, tool: { type: 'string' } } });
const root = fileURLToPath(new URL('../../../', import.meta.url));
const tool = values.tool ?? `${root}build/debug/tests/sdp/sdp_session_tool`;
const fixtures = `${root}tests/sdp/fixtures/`;

function keep(browser, name, sdp) {
  if (!values.write) return;
  mkdirSync(fixtures, { recursive: true });
  writeFileSync(`${fixtures}${browser.name}-${name}.sdp`, sdp.replace(/\r?\n/g, '\r\n'));
}

/// Our offer, the browser's answer, back into the session. Returns what the session made of it.
async function exchange(browser, session, name, publications) {
  const offer = await session.offer();
  const answer = await browser.run('answer', offer, publications);
  keep(browser, `answer-${name}`, answer);
  return session.answer(answer);
}

/// The browser's offer, our answer, back into the browser. `bind`: commands between the two.
async function peerExchange(browser, session, name, wishes, bind = []) {
  const offer = await browser.run('offer', wishes);
  keep(browser, `offer-${name}`, offer);
  const applied = await session.peerOffer(offer);
  for (const command of bind) await session.command(command);
  return { applied, directions: await browser.run('takeAnswer', await session.makeAnswer()) };
}

async function sendsThreeLayers(browser, session, mid, track) {
  assert.ok((await session.command('state')).includes(` receiving=${mid}:${track}:q:h:f`));
  assert.equal(await browser.run('encodings', mid), 'q,h,f');
}

const scenarios = {
  async receiveOnly(browser, session) {
    await session.command('attach a2 audio p2/camera');
    await session.command('attach v2 video p2/camera');
    assert.equal(await exchange(browser, session, 'receive-only'), 'applied data=1 fingerprints=1');
    assert.deepEqual(await browser.run('directions'), ['s0:recvonly', 's1:recvonly']);
    assert.match(await session.command('state'), /^needs_offer=0 sending=s0:[12]:transport-cc sending=s1:[3-7]:transport-cc$/);
  },

  async dataOnly(browser, session) {
    assert.equal(await exchange(browser, session, 'data-only'), 'applied data=1 fingerprints=1');
  },

  async withoutData(browser, session) {
    assert.equal(await exchange(browser, session, 'without-data'), 'applied data=0 fingerprints=1');
  },

  async refusesToPublish(browser, session) {
    await session.command('receive mic audio');
    assert.equal(await exchange(browser, session, 'refused'), 'applied data=1 fingerprints=1 refused=mic');
  },

  async publishThenGrowThenReuse(browser, session) {
    const mic = (await session.command('receive mic audio')).split(' ')[1];
    const cam = (await session.command('receive cam video')).split(' ')[1];
    assert.equal(await exchange(browser, session, 'publish', { [mic]: 'audio', [cam]: 'video' }),
      'applied data=1 fingerprints=1 accepted=mic accepted=cam');
    await sendsThreeLayers(browser, session, cam, 'cam');
    for (const publisher of ['p2', 'p3']) {
      await session.command(`attach a-${publisher} audio ${publisher}/camera`);
      await session.command(`attach v-${publisher} video ${publisher}/camera`);
    }
    assert.equal(await exchange(browser, session, 'publish-grown'), 'applied data=1 fingerprints=1');
    const screen = (await session.command('receive screen video')).split(' ')[1];
    assert.equal(await exchange(browser, session, 'screen-added', { [screen]: 'video' }),
      'applied data=1 fingerprints=1 accepted=screen');

    // A publisher goes, another comes: nothing to negotiate.
    await session.command('detach a-p2');
    await session.command('detach v-p2');
    assert.match(await session.command('attach v-p4 video p4/camera'), / live$/);
    assert.match(await session.command('attach a-p4 audio p4/camera'), / live$/);
    assert.match(await session.command('state'), /^needs_offer=0/);

    // The screen ends; a later one gets the same m-line.
    await session.command('unreceive screen');
    await exchange(browser, session, 'screen-ended');
    assert.equal(await session.command('receive screen-again video'), `mid ${screen}`);
    assert.equal(await exchange(browser, session, 'screen-again', { [screen]: 'video' }),
      'applied data=1 fingerprints=1 accepted=screen-again');
    await sendsThreeLayers(browser, session, screen, 'screen-again');
    assert.equal((await browser.run('directions')).filter((one) => one.endsWith(':sendonly')).length, 3);
  },

  async rejectedPlacesAreRecycled(browser, session) {
    for (const publisher of ['p2', 'p3']) await session.command(`attach v-${publisher} video ${publisher}/camera`);
    await exchange(browser, session, 'before-rejection');
    await session.command('detach v-p2');
    await peerExchange(browser, session, 'rejected', [{ stop: 's0' }]);
    assert.match(await session.command('state'), /sending=s0:0/);
    // We put something else there…
    await session.command('attach a-p2 audio p2/camera');
    assert.equal(await exchange(browser, session, 'recycled'), 'applied data=1 fingerprints=1');
    assert.equal((await session.offer()).match(/^m=/gm).length, 3);
    await session.answer(await browser.run('answer', await session.offer()));
    // …and so does the browser.
    await peerExchange(browser, session, 'rejected-again', [{ stop: 's1' }]);
    const { applied } = await peerExchange(browser, session, 'recycled', [{ kind: 'video', direction: 'sendonly' }]);
    assert.match(applied, /incoming=\d+:video$/);
    assert.equal((await session.offer()).match(/^m=/gm).length, 3);
  },

  async browserOffersToPublish(browser, session) {
    const wishes = [{ kind: 'audio', direction: 'sendonly' }, { kind: 'video', direction: 'sendonly' }];
    const { applied, directions } =
      await peerExchange(browser, session, 'publish', wishes, ['receive mic audio 0', 'receive cam video 1']);
    assert.equal(applied, 'applied data=0 fingerprints=1 incoming=0:audio incoming=1:video');
    assert.deepEqual(directions, ['0:sendonly', '1:sendonly']);
    // Our own offers go on from there: more m-lines, and the data channel that the browser left out.
    await session.command('attach a2 audio p2/camera');
    await session.command('attach v2 video p2/camera');
    assert.equal(await exchange(browser, session, 'after-own-offer'), 'applied data=1 fingerprints=1');
    assert.deepEqual((await browser.run('directions')).slice(0, 2), ['0:sendonly', '1:sendonly']);
  },

  async browserOffersBothWays(browser, session) {
    const wishes = [{ track: true, kind: 'audio' }, { track: true, kind: 'video' }, { data: true }];
    const { applied, directions } =
      await peerExchange(browser, session, 'both-ways', wishes, ['receive mic audio 0', 'receive cam video 1']);
    assert.equal(applied, 'applied data=1 fingerprints=1 incoming=0:audio incoming=1:video');
    assert.deepEqual(directions, ['0:sendrecv', '1:sendrecv']);
    assert.match(await session.command('attach a2 audio p2/camera'), /^slot 0 live$/);
    assert.match(await session.command('attach v2 video p2/camera'), /^slot 1 live$/);
  },

  async browserOffersToWatch(browser, session) {
    const wishes = [{ kind: 'audio', direction: 'recvonly' }, { kind: 'video', direction: 'recvonly' }];
    const { directions } = await peerExchange(browser, session, 'watch', wishes);
    assert.deepEqual(directions, ['0:recvonly', '1:recvonly']);
  },

  async browserOffersDataOnly(browser, session) {
    const { applied } = await peerExchange(browser, session, 'data-only', [{ data: true }]);
    assert.equal(applied, 'applied data=1 fingerprints=1');
  },

  async browserOffersAfterOurs(browser, session) {
    await session.command('attach a2 audio p2/camera');
    await session.command('attach v2 video p2/camera');
    await exchange(browser, session, 'first');
    const { applied, directions } = await peerExchange(browser, session, 'added-to-ours',
      [{ kind: 'video', direction: 'sendonly' }]);
    const mid = applied.match(/incoming=(\S+):video$/)[1];
    assert.ok(directions.includes(`${mid}:inactive`), 'not bound, so not taken');
    await session.command(`receive cam video ${mid}`);
    assert.match(await exchange(browser, session, 'bound-later'), /accepted=cam$/);
    assert.ok((await browser.run('directions')).includes(`${mid}:sendonly`));
  },

  async browserOffersSimulcast(browser, session) {
    const wishes = [{ kind: 'video', direction: 'sendonly', rids: ['1', '2', '3'] }];
    await peerExchange(browser, session, 'simulcast', wishes, ['receive cam video 0']);
    assert.equal(await browser.run('encodings', '0'), '1,2,3');
    // Our own offers go on with the browser's names.
    await session.command('attach a2 audio p2/camera');
    await exchange(browser, session, 'after-simulcast');
    assert.match(await session.command('state'), / receiving=0:cam:1:2:3:transport-cc /);
    assert.equal(await browser.run('encodings', '0'), '1,2,3');
  },

  async browserOffersSimulcastBeforeItIsTaken(browser, session) {
    const wishes = [{ kind: 'video', direction: 'sendonly', rids: ['1', '2'] }];
    await peerExchange(browser, session, 'simulcast-unbound', wishes);
    await session.command('receive cam video 0');
    await exchange(browser, session, 'simulcast-bound-later');
    assert.match(await session.command('state'), / receiving=0:cam:1:2:transport-cc$/);
    assert.equal(await browser.run('encodings', '0'), '1,2');
  },

  async browserOffersAPausedLayer(browser, session) {
    const wishes = [{ kind: 'video', direction: 'sendonly', rids: ['1', '2'], inactive: ['1'] }];
    await peerExchange(browser, session, 'simulcast-paused', wishes, ['receive cam video 0']);
    assert.match(await session.command('state'), / receiving=0:cam:1:2:transport-cc$/);
    assert.equal(await browser.run('encodings', '0'), '2');
  },
};

const feedback = {
  async dependencyDescriptors(browser, session) {
    const cam = (await session.command('receive cam video')).split(' ')[1];
    await session.command('attach v2 video p2/camera');
    const answer = await browser.run('answer', await session.offer(), { [cam]: 'video' });
    keep(browser, 'answer-dependencies', answer);
    assert.equal(await session.answer(answer), 'applied data=1 fingerprints=1 accepted=cam');
    assert.equal(answer.match(/#dependency-descriptor-rtp-header-extension/g)?.length ?? 0, 2);
  },

  async transportWideFeedback(browser, session) {
    const mic = (await session.command('receive mic audio')).split(' ')[1];
    const cam = (await session.command('receive cam video')).split(' ')[1];
    await session.command('attach a2 audio p2/camera');
    await session.command('attach v2 video p2/camera');
    await exchange(browser, session, 'transport-cc', { [mic]: 'audio', [cam]: 'video' });
    assert.match(await session.command('state'), / receiving=\S+:transport-cc( .*)? sending=\S+:transport-cc$/);
  },
};

await withBrowsers(async (browser) => {
  const run = async (name, scenario, policies) => {
    const session = new Session(tool, policies);
    try {
      await browser.run('open');
      await scenario(browser, session);
      console.log(`ok ${browser.name} ${name}`);
    } catch (error) {
      console.log(`not ok ${browser.name} ${name}: ${error.stack}`);
      process.exitCode = 1;
    } finally {
      session.close();
    }
  };
  for (const [name, scenario] of Object.entries(scenarios))
    await run(name, scenario, name === 'withoutData' ? { data: false } : {});
  for (const [name, scenario] of Object.entries(feedback)) await run(name, scenario, { 'transport-cc': true });
});
